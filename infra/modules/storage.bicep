// The app's own storage account: its containers, how long they keep what is in them, and who may use it. There are no shared keys.
param name string
param location string
param tags object
param sku string
param privateNetwork bool
param allowedIpRanges array

@description('Days after which checkpoints are removed.')
param checkpointRetentionDays int

@description('The app\'s identity.')
param appPrincipalId string

@description('Whether Durable Functions keeps its history in this account, and so needs tables.')
param holdsDurableHistory bool

@description('Principal who drops images and jobs and reads results; empty for none.')
param operatorPrincipalId string
param operatorPrincipalType string

// The names are those of src/Orchestration.Functions/Storage/Containers.cs. Containers that the app makes at first use are listed as well, so
// that an operator finds them from the start.
var containerNames = [
  'images'
  'images-inbox'
  'jobs'
  'jobs-done'
  'jobs-failed'
  'results'
  'checkpoints'
  'policies'
  'advisories'
  'state'
  'app-package'
  'inbox-dead-letters'
]

// The host keeps locks, keys and blob receipts in the account and sets up containers and queues: it needs to own blobs and to contribute to queues.
var hostRoleIds = [
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b' // Storage Blob Data Owner
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88' // Storage Queue Data Contributor
]
var durableRoleIds = [
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3' // Storage Table Data Contributor
]
var appRoleIds = holdsDurableHistory ? concat(hostRoleIds, durableRoleIds) : hostRoleIds
var blobDataContributor = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
)

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    // Event Grid is a trusted service: it must be able to leave events that it could not deliver.
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: privateNetwork ? 'Deny' : 'Allow'
      ipRules: [
        for address in (privateNetwork ? allowedIpRanges : []): {
          action: 'Allow'
          value: address
        }
      ]
    }
    publicNetworkAccess: 'Enabled'
  }
}

resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: 7
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: 7
    }
  }
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [
  for containerName in containerNames: {
    parent: blobService
    name: containerName
    properties: {
      publicAccess: 'None'
    }
  }
]

// The app removes old checkpoints itself once a day; this holds even where the app is stopped or gone.
resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'remove-checkpoints'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              prefixMatch: ['checkpoints/']
            }
            actions: {
              baseBlob: {
                delete: { daysAfterModificationGreaterThan: checkpointRetentionDays }
              }
            }
          }
        }
        {
          name: 'remove-dead-letters'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              prefixMatch: ['inbox-dead-letters/']
            }
            actions: {
              baseBlob: {
                delete: { daysAfterModificationGreaterThan: 30 }
              }
            }
          }
        }
      ]
    }
  }
  // The account takes one change at a time.
  dependsOn: [containers]
}

resource appRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for roleId in appRoleIds: {
    scope: account
    name: guid(account.id, appPrincipalId, roleId)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId)
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
    }
  }
]

resource operatorRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorPrincipalId)) {
  scope: account
  name: guid(account.id, operatorPrincipalId, blobDataContributor)
  properties: {
    roleDefinitionId: blobDataContributor
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
  }
}

output id string = account.id
output name string = account.name
output packageContainerName string = 'app-package'

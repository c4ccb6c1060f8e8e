// Everything that Orchestration needs on Azure, in one resource group. What is not deployed from here: the code (azd, or the container), and the
// Event Grid subscriptions (inbox-subscriptions.bicep), which can only be made once the code runs.
targetScope = 'subscription'

@minLength(1)
@maxLength(32)
@description('Name of the environment, such as production. Names of all resources are made from it.')
param environmentName string

@minLength(1)
@description('Region of all resources. Flex Consumption, and the Durable Task Scheduler where that is chosen, must be offered there.')
param location string

@allowed([
  'AzureStorage'
  'DurableTaskScheduler'
])
@description('Where orchestrations keep their history. The package must be built with the same value (-p:DurableStorage).')
param durableStorage string = 'AzureStorage'

@allowed([
  'Consumption'
  'Dedicated'
])
@description('Billing plan of the Durable Task Scheduler, where that is chosen.')
param schedulerSku string = 'Consumption'

@allowed([
  'Standard_LRS'
  'Standard_ZRS'
  'Standard_GRS'
  'Standard_GZRS'
])
@description('Redundancy of the storage account: results and, with AzureStorage, the history of orchestrations.')
param storageSku string = 'Standard_ZRS'

@description('The storage account behind private endpoints, the app in a virtual network. The subscription must have Microsoft.App registered.')
param privateNetwork bool = false

@description('With privateNetwork: public IP addresses and ranges (CIDR) that may still reach the storage account, such as those that upload images.')
param allowedIpRanges array = []

@description('Name of a storage account that holds the disk images, where that is not the app\'s own. The app gets read access to it.')
param imageStorageAccountName string = ''

@description('Resource group of the image account, in this subscription; that of the app where it is empty.')
param imageStorageResourceGroup string = ''

@description('Containers that jobs may name images in, separated by commas.')
param allowedImageContainers string = 'images,images-inbox'

@minValue(1)
@maxValue(365)
@description('Days after which checkpoints, and the history of orchestrations in a Durable Task Scheduler, are removed.')
param retentionDays int = 7

@allowed([
  512
  2048
  4096
])
@description('Memory of an instance in MB. CPU comes in proportion: 2048 MB has one core.')
param instanceMemoryMB int = 2048

@minValue(1)
@maxValue(1000)
@description('Most instances that the app may scale out to.')
param maximumInstanceCount int = 100

@minValue(0)
@description('Instances that are kept warm for HTTP requests. They are billed while they wait.')
param alwaysReadyInstances int = 0

@description('Principal who may put images and jobs into storage and read results: the object id of a person or group. Empty for none.')
param operatorPrincipalId string = ''

@allowed([
  'Group'
  'ServicePrincipal'
  'User'
])
param operatorPrincipalType string = 'User'

var suffix = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }
var usesScheduler = durableStorage == 'DurableTaskScheduler'

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-orchestration-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: 'id-orchestration-${suffix}'
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    workspaceName: 'log-orchestration-${suffix}'
    componentName: 'appi-orchestration-${suffix}'
    location: location
    tags: tags
    publisherPrincipalId: identity.outputs.principalId
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    name: 'storch${suffix}'
    location: location
    tags: tags
    sku: storageSku
    privateNetwork: privateNetwork
    allowedIpRanges: allowedIpRanges
    checkpointRetentionDays: retentionDays
    appPrincipalId: identity.outputs.principalId
    holdsDurableHistory: !usesScheduler
    operatorPrincipalId: operatorPrincipalId
    operatorPrincipalType: operatorPrincipalType
  }
}

module imageAccess 'modules/image-access.bicep' = if (!empty(imageStorageAccountName)) {
  scope: resourceGroup(empty(imageStorageResourceGroup) ? group.name : imageStorageResourceGroup)
  params: {
    storageAccountName: imageStorageAccountName
    readerPrincipalId: identity.outputs.principalId
  }
}

module scheduler 'modules/scheduler.bicep' = if (usesScheduler) {
  scope: group
  params: {
    name: 'dts-orchestration-${suffix}'
    location: location
    tags: tags
    sku: schedulerSku
    retentionDays: retentionDays
    contributorPrincipalId: identity.outputs.principalId
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  scope: group
  params: {
    name: 'vnet-orchestration-${suffix}'
    location: location
    tags: tags
    storageAccountId: storage.outputs.id
    storageAccountName: storage.outputs.name
  }
}

module functionApp 'modules/function-app.bicep' = {
  scope: group
  params: {
    name: 'func-orchestration-${suffix}'
    planName: 'plan-orchestration-${suffix}'
    location: location
    tags: union(tags, { 'azd-service-name': 'functions' })
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageAccountName: storage.outputs.name
    packageContainerName: storage.outputs.packageContainerName
    applicationInsightsName: monitoring.outputs.componentName
    // The safe access is for the compiler, which cannot know that both conditions are one.
    schedulerEndpoint: usesScheduler ? (scheduler.?outputs.endpoint ?? '') : ''
    subnetId: privateNetwork ? (network.?outputs.appSubnetId ?? '') : ''
    imageStorageAccountName: imageStorageAccountName
    allowedImageContainers: allowedImageContainers
    checkpointRetentionDays: retentionDays
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyInstances: alwaysReadyInstances
  }
}

module inboxTopic 'modules/inbox-topic.bicep' = {
  scope: group
  params: {
    name: 'evgt-orchestration-${suffix}'
    location: location
    tags: tags
    storageAccountName: storage.outputs.name
  }
}

// What azd keeps in its environment, and its hooks and the smoke test read.
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_FUNCTION_APP_NAME string = functionApp.outputs.name
output AZURE_FUNCTION_APP_URL string = functionApp.outputs.url
output AZURE_STORAGE_ACCOUNT_NAME string = storage.outputs.name
output AZURE_INBOX_TOPIC_NAME string = inboxTopic.outputs.name
output DURABLE_STORAGE string = durableStorage

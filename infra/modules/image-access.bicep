// Lets the app read disk images in an account that it does not own.
param storageAccountName string

@description('Identity that reads the images.')
param readerPrincipalId string

var blobDataReader = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
)

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageAccountName
}

resource reader 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account
  name: guid(account.id, readerPrincipalId, blobDataReader)
  properties: {
    roleDefinitionId: blobDataReader
    principalId: readerPrincipalId
    principalType: 'ServicePrincipal'
  }
}

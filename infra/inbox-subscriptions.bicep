// Tells the app of every job document and image that is dropped. Deployed after the code: Event Grid asks the app's address whether it wants the
// events, and the key in that address exists once the host has started with its blob triggers.
@description('The function app, with its code deployed.')
param functionAppName string

@description('The system topic of the app\'s storage account.')
param topicName string

@description('The app\'s storage account, which takes events that could not be delivered.')
param storageAccountName string

// Container, and the function whose blob trigger watches it (src/Orchestration.Functions/Triggers).
var inboxes = [
  {
    container: 'jobs'
    functionName: 'SubmitDroppedJob'
  }
  {
    container: 'images-inbox'
    functionName: 'InspectDroppedImage'
  }
]

resource app 'Microsoft.Web/sites@2024-04-01' existing = {
  name: functionAppName
}

var blobsKey = listKeys('${app.id}/host/default', '2024-04-01').systemKeys.blobs_extension

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageAccountName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource subscriptions 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = [
  for inbox in inboxes: {
    parent: topic
    name: inbox.container
    properties: {
      eventDeliverySchema: 'EventGridSchema'
      destination: {
        endpointType: 'WebHook'
        properties: {
          endpointUrl: 'https://${app.properties.defaultHostName}/runtime/webhooks/blobs?functionName=Host.Functions.${inbox.functionName}&code=${blobsKey}'
          maxEventsPerBatch: 1
        }
      }
      filter: {
        includedEventTypes: ['Microsoft.Storage.BlobCreated']
        subjectBeginsWith: '/blobServices/default/containers/${inbox.container}/blobs/'
        // Complete blobs only: a block blob is there when its blocks are put together, and a copy when it is done.
        advancedFilters: [
          {
            operatorType: 'StringIn'
            key: 'data.blobType'
            values: ['BlockBlob']
          }
        ]
      }
      retryPolicy: {
        maxDeliveryAttempts: 30
        eventTimeToLiveInMinutes: 1440
      }
      deadLetterWithResourceIdentity: {
        identity: {
          type: 'SystemAssigned'
        }
        deadLetterDestination: {
          endpointType: 'StorageBlob'
          properties: {
            resourceId: storage.id
            blobContainerName: 'inbox-dead-letters'
          }
        }
      }
    }
  }
]

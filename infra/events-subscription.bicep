metadata description = 'The webhook form, deployed after the code: the app has its system key only once it has loaded the blob extension.'

@description('Name of the function app.')
param functionAppName string

@description('System topic of the account of the pictures.')
param topicName string

@description('Name of the event subscription.')
param subscriptionName string = 'pictures'

@description('Account of the pictures and the dead letters.')
param imageStorageName string

@description('Container of the pictures: no other container’s events are sent.')
param imagesContainer string = 'images'

@description('Container for events that could not be delivered.')
param deadLetterContainer string = 'dead-letters'

resource images 'Microsoft.Storage/storageAccounts@2026-04-01' existing = {
  name: imageStorageName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource site 'Microsoft.Web/sites@2025-03-01' existing = {
  name: functionAppName
}

resource subscriptionToApp 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: subscriptionName
  properties: {
    destination: {
      endpointType: 'WebHook'
      properties: {
        // the one key of all: it opens nothing but this webhook. Delivery by queue needs none
        endpointUrl: 'https://${site.properties.defaultHostName}/runtime/webhooks/blobs?functionName=Host.Functions.predictBlob&code=${listKeys('${site.id}/host/default', '2025-03-01').systemKeys.blobs_extension}'
        maxEventsPerBatch: 1
      }
    }
    deadLetterWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: {
          resourceId: images.id
          blobContainerName: deadLetterContainer
        }
      }
    }
    eventDeliverySchema: 'EventGridSchema'
    filter: {
      // not BlobRenamed, which the host’s webhook cannot read: reconcile finds what was renamed into its place
      includedEventTypes: ['Microsoft.Storage.BlobCreated']
      // without the slash at its end, images would match images-out as well
      subjectBeginsWith: '/blobServices/default/containers/${imagesContainer}/blobs/'
    }
    retryPolicy: {
      maxDeliveryAttempts: 30
      eventTimeToLiveInMinutes: 1440
    }
  }
}

metadata description = 'The keyless form: Event Grid, by its own identity, puts each new picture’s event into a storage queue. Deployed after the roles: Event Grid refuses it until they are seen.'

@description('System topic of the account of the pictures.')
param topicName string

@description('Name of the event subscription.')
param subscriptionName string = 'pictures'

@description('Account of the pictures, the queue and the dead letters.')
param imageStorageName string

@description('Container of the pictures: no other container’s events are sent.')
param imagesContainer string = 'images'

@description('Container for events that could not be delivered.')
param deadLetterContainer string = 'dead-letters'

@description('Queue of the events.')
param eventQueue string = 'picture-events'

resource images 'Microsoft.Storage/storageAccounts@2026-04-01' existing = {
  name: imageStorageName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource subscriptionToQueue 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: subscriptionName
  properties: {
    deliveryWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      destination: {
        endpointType: 'StorageQueue'
        properties: {
          resourceId: images.id
          queueName: eventQueue
          queueMessageTimeToLiveInSeconds: -1 // a picture is never forgotten, however long the app stands still
        }
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
      // renamed: into its place, as SFTP clients and accounts with a hierarchical namespace do
      includedEventTypes: ['Microsoft.Storage.BlobCreated', 'Microsoft.Storage.BlobRenamed']
      // without the slash at its end, images would match images-out as well
      subjectBeginsWith: '/blobServices/default/containers/${imagesContainer}/blobs/'
    }
    retryPolicy: {
      maxDeliveryAttempts: 30
      eventTimeToLiveInMinutes: 1440
    }
  }
}

metadata description = 'Event Grid system topic on the account of the pictures, with an identity of its own.'

@description('Name of the topic.')
@minLength(3)
@maxLength(50)
param topicName string

@description('Account of the pictures.')
param imageStorageName string

@description('Region of the topic: the one of the account.')
param location string

@description('Tags of the topic.')
param tags { *: string }

resource images 'Microsoft.Storage/storageAccounts@2026-04-01' existing = {
  name: imageStorageName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: topicName
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: {
    source: images.id
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

@description('Name of the topic, once it is there.')
output topicName string = topic.name

@description('Object id of the topic’s identity.')
output topicPrincipalId string = topic.identity.principalId

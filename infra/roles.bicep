metadata description = 'Every Azure role within the group: which, where, to whom. The description of each says why.'

@description('Object id of the app’s identity.')
param appPrincipalId string

@description('Object id of the identity of the Event Grid topic.')
param topicPrincipalId string

@description('Object id of whoever deploys; empty: no role.')
param deployerPrincipalId string

@description('User, Group or ServicePrincipal.')
param deployerPrincipalType string

@description('The host’s own account.')
param hostStorageName string

@description('Account of the pictures.')
param imageStorageName string

@description('Container for events that could not be delivered.')
param deadLetterContainer string

@description('webhook or queue.')
param eventDelivery string

@description('Queue of the events, with delivery by queue.')
param eventQueue string

@description('Application Insights of the app.')
param componentName string

@description('Training account made here; empty: none.')
param trainingName string

@description('Communication Services; empty: none.')
param communicationName string

@description('Topic that the app publishes to; empty: none.')
param notifyTopicName string

var blobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var blobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var queueDataContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
var queueDataMessageSender = 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
var tableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var metricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'
var customVisionContributor = 'c1ff6cc2-c111-46fe-8896-e0ef812ad9f3'
var emailServiceOwner = '09976791-48a7-449e-bb21-39d1a415f350'
var eventGridDataSender = 'd5a91429-5739-47e2-a06b-3470a27159e7'

// the blob trigger asks for Owner; without it reading, writing and leasing blobs is enough
var imageBlobRole = eventDelivery == 'queue' ? blobDataContributor : blobDataOwner

resource host 'Microsoft.Storage/storageAccounts@2026-04-01' existing = {
  name: hostStorageName
}

resource images 'Microsoft.Storage/storageAccounts@2026-04-01' existing = {
  name: imageStorageName
}

resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2026-04-01' existing = {
  parent: images
  name: 'default'
}

resource deadLetters 'Microsoft.Storage/storageAccounts/blobServices/containers@2026-04-01' existing = {
  parent: blobService
  name: deadLetterContainer
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2026-04-01' existing = {
  parent: images
  name: 'default'
}

resource events 'Microsoft.Storage/storageAccounts/queueServices/queues@2026-04-01' existing = {
  parent: queueService
  name: eventQueue
}

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

resource training 'Microsoft.CognitiveServices/accounts@2026-07-01' existing = if (!empty(trainingName)) {
  name: empty(trainingName) ? 'none' : trainingName
}

resource communication 'Microsoft.Communication/communicationServices@2026-03-18' existing = if (!empty(communicationName)) {
  name: empty(communicationName) ? 'none' : communicationName
}

resource notifyTopic 'Microsoft.EventGrid/topics@2025-02-15' existing = if (!empty(notifyTopicName)) {
  name: empty(notifyTopicName) ? 'none' : notifyTopicName
}

resource hostBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(host.id, appPrincipalId, blobDataOwner)
  scope: host
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataOwner)
    description: 'The host keeps its locks, its own keys and the code here.'
  }
}

resource hostQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(host.id, appPrincipalId, queueDataContributor)
  scope: host
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', queueDataContributor)
    description: 'The blob trigger hands its work on by a queue of the host.'
  }
}

resource hostTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(host.id, appPrincipalId, tableDataContributor)
  scope: host
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', tableDataContributor)
    description: 'The host writes its diagnostic events to a table.'
  }
}

resource imageBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(images.id, appPrincipalId, imageBlobRole)
  scope: images
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', imageBlobRole)
    description: 'Pictures are read, documents and claims written; the blob trigger (delivery by webhook) asks for Owner.'
  }
}

resource imageQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(images.id, appPrincipalId, queueDataContributor)
  scope: images
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', queueDataContributor)
    description: 'What was given up on lies in a poison queue, with delivery by queue the events too.'
  }
}

resource telemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(component.id, appPrincipalId, metricsPublisher)
  scope: component
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisher)
    description: 'Application Insights takes telemetry by identity only.'
  }
}

resource mailing 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(communicationName)) {
  name: guid(communication.id, appPrincipalId, emailServiceOwner)
  scope: communication
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', emailServiceOwner)
    description: 'Sending mail is checked by control-plane actions, which no narrower built-in role has.'
  }
}

resource publishing 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(notifyTopicName)) {
  name: guid(notifyTopic.id, appPrincipalId, eventGridDataSender)
  scope: notifyTopic
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', eventGridDataSender)
    description: 'Publishing events to this one topic; it cannot read keys or subscriptions.'
  }
}

resource eventsToQueue 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (eventDelivery == 'queue') {
  name: guid(events.id, topicPrincipalId, queueDataMessageSender)
  scope: events
  properties: {
    principalId: topicPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', queueDataMessageSender)
    description: 'Event Grid puts events into this one queue; it cannot read them.'
  }
}

resource eventsToDeadLetters 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(deadLetters.id, topicPrincipalId, blobDataContributor)
  scope: deadLetters
  properties: {
    principalId: topicPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataContributor)
    description: 'Event Grid keeps here what it could not deliver.'
  }
}

resource deployerBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId)) {
  name: guid(images.id, deployerPrincipalId, blobDataContributor)
  scope: images
  properties: {
    principalId: deployerPrincipalId
    principalType: deployerPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataContributor)
    description: 'A probe picture after each deployment; pictures and documents by hand.'
  }
}

resource deployerTraining 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId) && !empty(trainingName)) {
  name: guid(training.id, deployerPrincipalId, customVisionContributor)
  scope: training
  properties: {
    principalId: deployerPrincipalId
    principalType: deployerPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', customVisionContributor)
    description: 'Training and publishing a model; keys are off there too.'
  }
}

metadata description = 'Event Grid custom topic without keys, where the app publishes what it tells (NOTIFY), with an identity of its own to deliver by.'

@description('Name of the topic: part of its host name.')
@minLength(3)
@maxLength(50)
param name string

@description('Region of the topic.')
param location string

@description('Tags of the topic.')
param tags { *: string }

resource topic 'Microsoft.EventGrid/topics@2025-02-15' = {
  name: name
  location: location
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: {
    inputSchema: 'CloudEventSchemaV1_0'
    disableLocalAuth: true
    minimumTlsVersionAllowed: '1.2'
    publicNetworkAccess: 'Enabled'
  }
}

@description('Resource id of the topic, once it is there.')
output id string = topic.id

@description('Name of the topic, once it is there.')
output name string = topic.name

@description('Where events are published.')
output endpoint string = topic.properties.endpoint

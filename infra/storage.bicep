metadata description = 'A storage account without shared keys, its containers and queues.'

@description('Name of the account: 3 to 24 lower-case letters and digits.')
@minLength(3)
@maxLength(24)
param name string

@description('Region of the account.')
param location string

@description('Tags of the account.')
param tags { *: string }

@description('Containers to make.')
param containers string[]

@description('Queues to make.')
param queues string[]

@description('Days that blobs of a container are kept after their last change: container → days. 0: for good.')
param retentionDays { *: int }

@description('Whether copies lie in several availability zones.')
param zoneRedundant bool

@description('Whether the account is reached by private endpoints only.')
param networkIsolation bool

var expiring = filter(items(retentionDays), each => each.value > 0)

resource account 'Microsoft.Storage/storageAccounts@2026-04-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS' }
  properties: {
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: networkIsolation ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'AzureServices' // Event Grid subscribes and writes to the queue from outside the network
      defaultAction: networkIsolation ? 'Deny' : 'Allow'
    }
  }
}

resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2026-04-01' = {
  parent: account
  name: 'default'
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2026-04-01' = [
  for containerName in containers: {
    parent: blobService
    name: containerName
    properties: { publicAccess: 'None' }
  }
]

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2026-04-01' = if (!empty(expiring)) {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        for each in expiring: {
          name: each.key
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: {
              blobTypes: ['appendBlob', 'blockBlob']
              prefixMatch: ['${each.key}/'] // without the slash, predictions would match predictions-claims as well
            }
            actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: each.value } } }
          }
        }
      ]
    }
  }
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2026-04-01' = {
  parent: account
  name: 'default'
}

resource queue 'Microsoft.Storage/storageAccounts/queueServices/queues@2026-04-01' = [
  for queueName in queues: {
    parent: queueService
    name: queueName
  }
]

@description('Resource id of the account.')
output id string = account.id

@description('Name of the account, once it is there.')
output name string = account.name

@description('Blob address of the account.')
output blobServiceUri string = account.properties.primaryEndpoints.blob

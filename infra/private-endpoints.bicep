metadata description = 'Private endpoints of storage and Custom Vision, and the DNS zones by which the app finds them.'

@description('Network whose names resolve to the endpoints.')
param networkId string

@description('Subnet of the endpoints.')
param subnetId string

@description('The host’s own account.')
param hostStorageId string

@description('Account of the pictures.')
param imageStorageId string

@description('Prediction account.')
param predictionAccountId string

@description('End of the endpoints’ names.')
param suffix string

@description('Region of the endpoints: the one of the network.')
param location string

@description('Tags of zones and endpoints.')
param tags { *: string }

var blobZone = 'privatelink.blob.${environment().suffixes.storage}'
var queueZone = 'privatelink.queue.${environment().suffixes.storage}'
var tableZone = 'privatelink.table.${environment().suffixes.storage}'
var visionZone = 'privatelink.cognitiveservices.azure.com'
var zoneNames = [blobZone, queueZone, tableZone, visionZone]
var targets = [
  { name: 'host-blob', target: hostStorageId, groupId: 'blob', zone: blobZone }
  { name: 'host-queue', target: hostStorageId, groupId: 'queue', zone: queueZone }
  { name: 'host-table', target: hostStorageId, groupId: 'table', zone: tableZone }
  { name: 'image-blob', target: imageStorageId, groupId: 'blob', zone: blobZone }
  { name: 'image-queue', target: imageStorageId, groupId: 'queue', zone: queueZone }
  { name: 'prediction', target: predictionAccountId, groupId: 'account', zone: visionZone }
]

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for zoneName in zoneNames: {
    name: zoneName
    location: 'global'
    tags: tags
  }
]

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (zoneName, index) in zoneNames: {
    parent: zone[index]
    name: 'vision-network'
    location: 'global'
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: networkId }
    }
  }
]

resource endpoint 'Microsoft.Network/privateEndpoints@2025-09-01' = [
  for each in targets: {
    name: 'pe-${each.name}-${suffix}'
    location: location
    tags: tags
    properties: {
      subnet: { id: subnetId }
      privateLinkServiceConnections: [
        {
          name: each.name
          properties: {
            privateLinkServiceId: each.target
            groupIds: [each.groupId]
          }
        }
      ]
    }
  }
]

resource zoneGroup 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-09-01' = [
  for (each, index) in targets: {
    parent: endpoint[index]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: each.groupId
          properties: { privateDnsZoneId: zone[indexOf(zoneNames, each.zone)].id }
        }
      ]
    }
  }
]

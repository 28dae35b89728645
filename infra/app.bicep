metadata description = 'The function app on a Flex Consumption plan, and its settings: no key among them.'

@export()
@description('A rule of NOTIFY. Where topic or mail is empty, it is the one made here; of mail sender and domain then too.')
type notifyRule = {
  #disable-next-line use-user-defined-types // it holds fractions, which Bicep has no type for
  when: object?
  to: {
    api: string?
    scope: string?
    role: string?
    topic: string?
    mail: string?
    from: string?
    recipients: string[]?
    domain: ('managed' | 'custom')?
    private: bool?
  }
  cooldown: string?
  period: string?
}

@description('Name of the plan.')
@minLength(1)
@maxLength(60)
param planName string

@description('Name of the app: the first part of its host name.')
@minLength(2)
@maxLength(60)
param siteName string

@description('Region of the app.')
param location string

@description('Tags of plan and app.')
param tags { *: string }

@description('SystemAssigned, UserAssigned or both with a comma between them.')
@allowed(['SystemAssigned', 'UserAssigned', 'SystemAssigned,UserAssigned'])
param identityKind string

@description('Resource id of the user-assigned identity; empty: none.')
param userIdentityId string

@description('Client id of the user-assigned identity; empty: the system-assigned one is used.')
param userIdentityClientId string

@description('Node of the app.')
param nodeVersion string

@description('Memory of one instance, in MB.')
param instanceMemoryMB int

@description('Most instances that run at once, for each scaling group.')
param maximumInstanceCount int

@description('Instances always ready for pictures, and as many for callers.')
param alwaysReadyInstances int

@description('Whether the plan is spread over availability zones.')
param zoneRedundant bool

@description('The host’s own account, with the container of the code.')
param hostStorageName string

@description('Container of the code.')
param deploymentsContainer string

@description('Account of the pictures.')
param imageStorageName string

@description('Container of the pictures.')
param imagesContainer string

@description('Container of the prediction documents.')
param predictionsContainer string

@description('Container of exports that run in the app itself.')
param modelsContainer string

@description('Endpoint of the prediction account, for models that name none.')
param predictionEndpoint string

@description('Models: name → entry, as in VISION_MODELS.')
#disable-next-line use-user-defined-types // entries hold fractions, which Bicep has no type for
param visionModels { *: object }

@description('Calls per second of one instance, for models that name none.')
param instanceRate int

@description('webhook or queue.')
param eventDelivery string

@description('Queue of the events, with delivery by queue.')
param eventQueue string

@description('Whom the app tells of documents.')
param notify notifyRule[]

@description('What is made here to be told: addresses of topic and Communication Services, sender and kind of the mail domain.')
param made { topic: string, mail: string, sender: string, domain: 'managed' | 'custom' }

@description('When to look for missed pictures; empty: never.')
param reconcileSchedule string

@description('Hosts that a url body may name; empty: none.')
param urlHosts string

@description('key or entra.')
param callerAuth string

@description('on or off: the page at /api/ui.')
param ui string

@description('monitor or otlp; empty: no traces and metrics of the app’s own.')
param telemetry string

@description('With otlp: address of the collector.')
param otlpEndpoint string

@description('With entra: the client id of the app registration.')
param entraAudience string

@description('Application Insights of the app.')
param componentName string

@description('Subnet of the app; empty: no network of its own.')
param subnetId string

var usesUserIdentity = contains(identityKind, 'UserAssigned')
var pictureGroup = eventDelivery == 'queue' ? 'function:predictQueuedBlob' : 'blob'

// AZURE_CLIENT_ID is left unset on purpose: the host reads it too, for its own storage
var identitySettings = usesUserIdentity
  ? {
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: userIdentityClientId
      ImageStorage__credential: 'managedidentity'
      ImageStorage__clientId: userIdentityClientId
      MANAGED_IDENTITY_CLIENT_ID: userIdentityClientId
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${userIdentityClientId};Authorization=AAD'
    }
  : {
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD'
    }
var callerSettings = callerAuth == 'entra'
  ? {
      ENTRA_TENANT_ID: tenant().tenantId
      ENTRA_AUDIENCE: entraAudience
      ENTRA_AUTHORITY: environment().authentication.loginEndpoint
      ENTRA_ROLE: 'Images.Predict'
      ENTRA_READ_ROLE: 'Predictions.Read'
    }
  : {}
// an export has no account and no rate
var models = mapValues(visionModels, entry => contains(entry, 'export') ? entry : union({ rate: instanceRate }, contains(entry, 'url') ? {} : { endpoint: predictionEndpoint }, entry))
var modelSettings = empty(visionModels) ? {} : { VISION_MODELS: string(models) }
var rules = map(notify, rule => shallowMerge([
  rule
  {
    to: rule.to.?topic == ''
      ? shallowMerge([rule.to, { topic: made.topic }])
      : rule.to.?mail == '' ? shallowMerge([{ from: made.sender, domain: made.domain }, rule.to, { mail: made.mail }]) : rule.to
  }
]))
var notifySettings = empty(notify) ? {} : { NOTIFY: string(rules) }
var scheduleSettings = empty(reconcileSchedule) ? {} : { RECONCILE_SCHEDULE: reconcileSchedule }
var telemetrySettings = empty(telemetry) ? {} : union({ TELEMETRY: telemetry }, telemetry == 'otlp' ? { OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint } : {})
var urlSettings = empty(urlHosts) ? {} : { URL_HOSTS: urlHosts }
var fixedSettings = {
  AzureWebJobsStorage__blobServiceUri: host.properties.primaryEndpoints.blob
  AzureWebJobsStorage__queueServiceUri: host.properties.primaryEndpoints.queue
  AzureWebJobsStorage__tableServiceUri: host.properties.primaryEndpoints.table
  ImageStorage__blobServiceUri: images.properties.primaryEndpoints.blob
  ImageStorage__queueServiceUri: images.properties.primaryEndpoints.queue
  IMAGES_CONTAINER: imagesContainer
  PREDICTIONS_CONTAINER: predictionsContainer
  MODELS_CONTAINER: modelsContainer
  BLOB_TRIGGER_SOURCE: 'EventGrid'
  EVENT_DELIVERY: eventDelivery
  EVENT_QUEUE: eventQueue
  CALLER_AUTH: callerAuth
  UI: ui
  APPLICATIONINSIGHTS_CONNECTION_STRING: component.properties.ConnectionString
}

resource host 'Microsoft.Storage/storageAccounts@2026-04-01' existing = {
  name: hostStorageName
}

resource images 'Microsoft.Storage/storageAccounts@2026-04-01' existing = {
  name: imageStorageName
}

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource site 'Microsoft.Web/sites@2025-03-01' = {
  name: siteName
  location: location
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: usesUserIdentity
    ? {
        type: identityKind == 'UserAssigned' ? 'UserAssigned' : 'SystemAssigned, UserAssigned'
        userAssignedIdentities: { '${userIdentityId}': {} }
      }
    : { type: 'SystemAssigned' }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      ftpsState: 'Disabled'
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${host.properties.primaryEndpoints.blob}${deploymentsContainer}'
          authentication: usesUserIdentity
            ? {
                type: 'UserAssignedIdentity'
                userAssignedIdentityResourceId: userIdentityId
              }
            : { type: 'SystemAssignedIdentity' }
        }
      }
      runtime: {
        name: 'node'
        version: nodeVersion
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyInstances == 0
          ? []
          : [
              { name: pictureGroup, instanceCount: alwaysReadyInstances }
              { name: 'http', instanceCount: alwaysReadyInstances }
            ]
      }
    }
  }
}

resource settings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: site
  name: 'appsettings'
  properties: union(fixedSettings, identitySettings, callerSettings, modelSettings, notifySettings, scheduleSettings, telemetrySettings, urlSettings)
}

resource ftpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: site
  name: 'ftp'
  properties: { allow: false }
}

resource scmPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: site
  name: 'scm'
  properties: { allow: false }
}

@description('Name of the app, once it is there.')
output name string = site.name

@description('Host name of the app.')
output host string = site.properties.defaultHostName

@description('Object id of the system-assigned identity; empty where there is none.')
output principalId string = contains(identityKind, 'SystemAssigned') ? site.identity.principalId : ''

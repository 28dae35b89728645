targetScope = 'subscription'

import { notifyRule } from 'app.bicep'

metadata description = 'Keyless Vision: a function app that scores pictures with Custom Vision, and everything it needs, with local keys off.'

@description('Name of the azd environment. It shows in the names and tags of everything made here.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Region of everything made here.')
@minLength(1)
param location string

@description('Object id of whoever deploys, for a probe picture and for training a model. Empty: nobody gets these two roles.')
param deployerPrincipalId string = ''

@description('What the deployer is.')
@allowed(['User', 'Group', 'ServicePrincipal'])
param deployerPrincipalType string = 'User'

@description('Identity of the app. With both, the user-assigned one gets the roles and is the one that is used.')
@allowed(['SystemAssigned', 'UserAssigned', 'SystemAssigned,UserAssigned'])
param identityKind string = 'UserAssigned'

@description('Resource id of a user-assigned identity that exists. Empty: one is made, where identityKind asks for it.')
param existingIdentityId string = ''

@description('Node of the app.')
@allowed(['22', '24'])
param nodeVersion string = '24'

@description('Memory of one instance, in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Instances that are always ready for pictures, and as many for callers; 0: none, and the first picture waits for a start.')
@minValue(0)
@maxValue(20)
param alwaysReadyInstances int = 0

@description('Whether plan and storage are spread over availability zones. The region must have them.')
param zoneRedundant bool = false

@description('Resource id of a Custom Vision prediction account that exists; it needs a custom subdomain. Empty: one is made.')
param predictionAccountId string = ''

@description('Resource id of a Custom Vision training account that exists. Empty: one is made, unless the prediction account exists.')
param trainingAccountId string = ''

@description('Tier of the Custom Vision accounts made here.')
@allowed(['F0', 'S0'])
param visionSku string = 'S0'

@description('Role of the app at the prediction account: the built-in Cognitive Services User, or a custom one of the classify and detect actions alone.')
@allowed(['CognitiveServicesUser', 'Predictor'])
param visionRole string = 'CognitiveServicesUser'

@description('Prediction URL of one model, as the Custom Vision portal shows it. Empty: see visionModels.')
param visionPredictionUrl string = ''

@description('Several models: name → entry, as in VISION_MODELS. Entries without url get the endpoint of the prediction account; entries without rate get instanceRate; those with export stay as they are.')
#disable-next-line use-user-defined-types // entries hold fractions, which Bicep has no type for
param visionModels { *: object } = {}

@description('Calls per second the prediction account takes: S0 20 without storing and 10 with, F0 2.')
@minValue(1)
@maxValue(1000)
param accountRate int = 20

@description('Calls per second of one instance: accountRate ÷ the instances that may run at once (docs/performance.md).')
@minValue(1)
@maxValue(1000)
param instanceRate int = 5

@description('Container of the pictures.')
@minLength(3)
@maxLength(63)
param imagesContainer string = 'images'

@description('Container of the prediction documents; never the one of the pictures.')
@minLength(3)
@maxLength(63)
param predictionsContainer string = 'predictions'

@description('Container of exports that run in the app itself (visionModels: an entry with export).')
@minLength(3)
@maxLength(63)
param modelsContainer string = 'models'

@description('How Event Grid tells of a picture: webhook (the blob trigger, with one system key of the app) or queue (no key).')
@allowed(['webhook', 'queue'])
param eventDelivery string = networkIsolation ? 'queue' : 'webhook'

@description('Queue of the events, with eventDelivery queue.')
@minLength(3)
@maxLength(56)
param eventQueue string = 'picture-events'

@description('When to look for pictures whose event was missed: six-field NCRONTAB. Empty: never.')
param reconcileSchedule string = ''

@description('Hosts that a {"url": …} body may name, with commas. Empty: urls are refused.')
param urlHosts string = ''

@description('Who may call over HTTP: key (the function key) or entra (tokens with an app role), the default where entraAudience is given.')
@allowed(['key', 'entra'])
param callerAuth string = empty(entraAudience) ? 'key' : 'entra'

@description('Whether there is the page at /api/ui. It tells nothing before a key or token is given.')
@allowed(['on', 'off'])
param ui string = 'on'

@description('Traces and metrics of the app’s own: monitor (into its Application Insights) or otlp. Empty: none.')
@allowed(['', 'monitor', 'otlp'])
param telemetry string = ''

@description('With telemetry otlp: address of the collector.')
param otlpEndpoint string = ''

@description('With callerAuth entra: client id of the app registration (infra/entra).')
param entraAudience string = ''

@description('Days that pictures are kept. 0: for good.')
@minValue(0)
@maxValue(36500)
param pictureRetentionDays int = 0

@description('Days that prediction documents are kept. 0: for good. A picture whose document is gone counts as not scored.')
@minValue(0)
@maxValue(36500)
param documentRetentionDays int = 0

@description('Days that what models answered to a picture without a finished document is kept. 0: for good.')
@minValue(0)
@maxValue(36500)
param claimRetentionDays int = 30

@description('Days that events which could not be delivered are kept. 0: for good.')
@minValue(0)
@maxValue(36500)
param deadLetterRetentionDays int = 30

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Whether storage and Custom Vision are reached by private endpoints only.')
param networkIsolation bool = false

@description('Whom the app tells of documents: rules as in NOTIFY. Where topic or mail is empty, what is told is made here.')
param notify notifyRule[] = []

@description('Whether Azure Communication Services is made, for mail; it is also where a rule of notify asks for it.')
param mail bool = false

@description('Domain of your own that mail comes from. Empty: one of Azure, which sends 10 mails an hour, not 100.')
param mailDomain string = ''

@description('Whether mailDomain is verified: only then can it be linked, and mail be sent.')
param mailDomainVerified bool = false

@description('Where Communication Services keeps its data at rest.')
param mailDataLocation string = 'Europe'

@description('Mail address for alerts. Empty: no alerts.')
param alertEmail string = ''

var token = uniqueString(subscription().id, environmentName, location)
var slug = take(toLower(replace(replace(replace(replace(replace(environmentName, '-', ''), '_', ''), '.', ''), '(', ''), ')', '')), 20)
var suffix = empty(slug) ? token : '${slug}-${token}'
var names = {
  group: 'rg-${environmentName}-vision'
  identity: 'id-${suffix}'
  workspace: 'log-${suffix}'
  component: 'appi-${suffix}'
  hostStorage: 'sthost${token}'
  imageStorage: 'stimage${token}'
  prediction: 'cv-${suffix}'
  training: 'cvt-${suffix}'
  plan: 'plan-${suffix}'
  site: 'func-${suffix}'
  topic: 'evgt-${suffix}'
  notifyTopic: 'evgt-notify-${suffix}'
  network: 'vnet-${suffix}'
  communication: 'acs-${suffix}'
  actionGroup: 'ag-${suffix}'
}
var tags = { 'azd-env-name': environmentName }
var deploymentsContainer = 'deployments'
var deadLetterContainer = 'dead-letters'
var eventSubscriptionName = 'pictures'
// as claimsContainerOf in src/settings/containers.ts
var claimsContainer = '${endsWith(take(predictionsContainer, 56), '-') ? take(predictionsContainer, 55) : take(predictionsContainer, 56)}-claims'
// as notifyNameOf there; of a container and of a queue
var notifyName = '${endsWith(take(predictionsContainer, 49), '-') ? take(predictionsContainer, 48) : take(predictionsContainer, 49)}-notify'
var makesTopic = !empty(filter(notify, rule => rule.to.?topic == ''))
var makesMail = mail || !empty(filter(notify, rule => rule.to.?mail == ''))
var usesUserIdentity = contains(identityKind, 'UserAssigned')
var makesPrediction = empty(predictionAccountId)
var makesTraining = makesPrediction && empty(trainingAccountId)
// /subscriptions/<2>/resourceGroups/<4>/providers/Microsoft.CognitiveServices/accounts/<8>
var predictionSubscription = makesPrediction ? subscription().subscriptionId : split(predictionAccountId, '/')[2]
var predictionGroup = makesPrediction ? names.group : split(predictionAccountId, '/')[4]
var predictionName = makesPrediction ? names.prediction : split(predictionAccountId, '/')[8]
// Flex Consumption takes no fewer than 40: https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan
var maximumInstanceCount = max(40, accountRate / instanceRate)

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: names.group
  location: location
  tags: tags
}

module identity 'identity.bicep' = if (usesUserIdentity) {
  name: 'identity'
  scope: group
  params: {
    name: names.identity
    location: location
    tags: tags
    existingIdentityId: existingIdentityId
  }
}

module monitoring 'monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    workspaceName: names.workspace
    componentName: names.component
    location: location
    tags: tags
    logRetentionDays: logRetentionDays
    accountRate: accountRate
  }
}

module network 'network.bicep' = if (networkIsolation) {
  name: 'network'
  scope: group
  params: {
    name: names.network
    location: location
    tags: tags
  }
}

module hostStorage 'storage.bicep' = {
  name: 'host-storage'
  scope: group
  params: {
    name: names.hostStorage
    location: location
    tags: tags
    containers: [deploymentsContainer]
    queues: []
    retentionDays: {}
    zoneRedundant: zoneRedundant
    networkIsolation: networkIsolation
  }
}

module imageStorage 'storage.bicep' = {
  name: 'image-storage'
  scope: group
  params: {
    name: names.imageStorage
    location: location
    tags: tags
    containers: concat(
      [imagesContainer, predictionsContainer, claimsContainer, deadLetterContainer, modelsContainer],
      empty(notify) ? [] : [notifyName]
    )
    queues: concat(eventDelivery == 'queue' ? [eventQueue] : [], empty(notify) ? [] : [notifyName])
    retentionDays: {
      '${imagesContainer}': pictureRetentionDays
      '${predictionsContainer}': documentRetentionDays
      '${claimsContainer}': claimRetentionDays
      '${deadLetterContainer}': deadLetterRetentionDays
    }
    zoneRedundant: zoneRedundant
    networkIsolation: networkIsolation
  }
}

module vision 'vision.bicep' = if (makesPrediction) {
  name: 'vision'
  scope: group
  params: {
    predictionName: names.prediction
    trainingName: names.training
    makesTraining: makesTraining
    sku: visionSku
    location: location
    tags: tags
    networkIsolation: networkIsolation
    workspaceId: monitoring.outputs.workspaceId
  }
}

module existingVision 'vision-existing.bicep' = if (!makesPrediction) {
  name: 'keyless-vision-existing'
  scope: resourceGroup(predictionSubscription, predictionGroup)
  params: {
    predictionName: predictionName
  }
}

module app 'app.bicep' = {
  name: 'app'
  scope: group
  params: {
    planName: names.plan
    siteName: names.site
    location: location
    tags: tags
    identityKind: identityKind
    userIdentityId: usesUserIdentity ? identity!.outputs.id : ''
    userIdentityClientId: usesUserIdentity ? identity!.outputs.clientId : ''
    nodeVersion: nodeVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyInstances: alwaysReadyInstances
    zoneRedundant: zoneRedundant
    hostStorageName: hostStorage.outputs.name
    deploymentsContainer: deploymentsContainer
    imageStorageName: imageStorage.outputs.name
    imagesContainer: imagesContainer
    predictionsContainer: predictionsContainer
    modelsContainer: modelsContainer
    predictionEndpoint: makesPrediction ? vision!.outputs.predictionEndpoint : existingVision!.outputs.predictionEndpoint
    visionModels: empty(visionModels) && !empty(visionPredictionUrl) ? { default: { url: visionPredictionUrl } } : visionModels
    instanceRate: instanceRate
    eventDelivery: eventDelivery
    eventQueue: eventQueue
    notify: notify
    made: {
      topic: makesTopic ? notifyTopic!.outputs.endpoint : ''
      mail: makesMail ? mailService!.outputs.endpoint : ''
      sender: makesMail ? mailService!.outputs.sender : ''
      domain: empty(mailDomain) ? 'managed' : 'custom'
    }
    reconcileSchedule: reconcileSchedule
    urlHosts: urlHosts
    callerAuth: callerAuth
    ui: ui
    telemetry: telemetry
    otlpEndpoint: otlpEndpoint
    entraAudience: entraAudience
    componentName: monitoring.outputs.componentName
    subnetId: networkIsolation ? network!.outputs.appSubnetId : ''
  }
}

module events 'events.bicep' = {
  name: 'events'
  scope: group
  params: {
    topicName: names.topic
    imageStorageName: imageStorage.outputs.name
    location: location
    tags: tags
  }
}

module notifyTopic 'notify-topic.bicep' = if (makesTopic) {
  name: 'notify-topic'
  scope: group
  params: {
    name: names.notifyTopic
    location: location
    tags: tags
  }
}

module mailService 'mail.bicep' = if (makesMail) {
  name: 'mail'
  scope: group
  params: {
    name: names.communication
    customDomain: mailDomain
    customDomainVerified: mailDomainVerified
    dataLocation: mailDataLocation
    tags: tags
  }
}

module roles 'roles.bicep' = {
  name: 'roles'
  scope: group
  params: {
    appPrincipalId: usesUserIdentity ? identity!.outputs.principalId : app.outputs.principalId
    topicPrincipalId: events.outputs.topicPrincipalId
    deployerPrincipalId: deployerPrincipalId
    deployerPrincipalType: deployerPrincipalType
    hostStorageName: hostStorage.outputs.name
    imageStorageName: imageStorage.outputs.name
    deadLetterContainer: deadLetterContainer
    eventDelivery: eventDelivery
    eventQueue: eventQueue
    componentName: monitoring.outputs.componentName
    trainingName: makesTraining ? vision!.outputs.trainingName : ''
    communicationName: makesMail ? mailService!.outputs.name : ''
    notifyTopicName: makesTopic ? notifyTopic!.outputs.name : ''
  }
}

module visionRoles 'roles-vision.bicep' = {
  name: 'keyless-vision-roles'
  scope: resourceGroup(predictionSubscription, predictionGroup)
  params: {
    appPrincipalId: usesUserIdentity ? identity!.outputs.principalId : app.outputs.principalId
    predictionName: makesPrediction ? vision!.outputs.predictionName : predictionName
    visionRole: visionRole
  }
}

module privateEndpoints 'private-endpoints.bicep' = if (networkIsolation) {
  name: 'private-endpoints'
  scope: group
  params: {
    networkId: network!.outputs.networkId
    subnetId: network!.outputs.endpointSubnetId
    hostStorageId: hostStorage.outputs.id
    imageStorageId: imageStorage.outputs.id
    predictionAccountId: makesPrediction ? vision!.outputs.predictionId : predictionAccountId
    suffix: suffix
    location: location
    tags: tags
  }
}

module alerts 'alerts.bicep' = if (!empty(alertEmail)) {
  name: 'alerts'
  scope: group
  params: {
    actionGroupName: names.actionGroup
    email: alertEmail
    workspaceName: monitoring.outputs.workspaceName
    imageStorageName: imageStorage.outputs.name
    notifies: !empty(notify)
    suffix: suffix
    location: location
    tags: tags
  }
}

@description('Where everything lies.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Region of everything.')
output AZURE_LOCATION string = location

@description('Tenant of the identities.')
output AZURE_TENANT_ID string = tenant().tenantId

@description('Name of the function app; azd deploys the code there.')
output SERVICE_API_NAME string = app.outputs.name

@description('The same, for the scripts.')
output FUNCTION_APP_NAME string = app.outputs.name

@description('Host name of the function app.')
output FUNCTION_APP_HOST string = app.outputs.host

@description('Account of the pictures.')
output IMAGE_STORAGE_ACCOUNT_NAME string = imageStorage.outputs.name

@description('Blob address of the account of the pictures.')
output IMAGE_BLOB_SERVICE_URI string = imageStorage.outputs.blobServiceUri

@description('Container of the pictures.')
output IMAGES_CONTAINER string = imagesContainer

@description('Container of the prediction documents.')
output PREDICTIONS_CONTAINER string = predictionsContainer

@description('Container of the events that could not be delivered.')
output DEAD_LETTER_CONTAINER string = deadLetterContainer

@description('webhook or queue.')
output EVENT_DELIVERY string = eventDelivery

@description('Queue of the events, with delivery by queue.')
output EVENT_QUEUE string = eventQueue

@description('Event Grid system topic of the account of the pictures.')
output SYSTEM_TOPIC_NAME string = events.outputs.topicName

@description('Event subscription, which the script makes: after the code by webhook, after the role of the topic by queue.')
output EVENT_SUBSCRIPTION_NAME string = eventSubscriptionName

@description('Endpoint of the prediction account.')
output VISION_PREDICTION_ENDPOINT string = makesPrediction ? vision!.outputs.predictionEndpoint : existingVision!.outputs.predictionEndpoint

@description('Endpoint of the training account made here; empty where there is none.')
output VISION_TRAINING_ENDPOINT string = makesTraining ? vision!.outputs.trainingEndpoint : ''

@description('Object id of the identity that holds the roles.')
output APP_PRINCIPAL_ID string = usesUserIdentity ? identity!.outputs.principalId : app.outputs.principalId

@description('Address of Communication Services; empty where there is none.')
output MAIL_ENDPOINT string = makesMail ? mailService!.outputs.endpoint : ''

@description('Sender of mail; empty where there is none.')
output MAIL_SENDER string = makesMail ? mailService!.outputs.sender : ''

@description('Topic that NOTIFY publishes to, for subscribing to it; empty where none is made.')
output NOTIFY_TOPIC_ID string = makesTopic ? notifyTopic!.outputs.id : ''

// By hand, after the code: the event subscription by webhook.
using '../../../infra/events-subscription.bicep'

param topicName = 'evgt-demo'
param imageStorageName = 'stimagedemo'
param functionAppName = 'func-demo'
param imagesContainer = 'pictures-in'

// By hand, after the roles: the event subscription by queue.
using '../../../infra/events-queue.bicep'

param topicName = 'evgt-demo'
param imageStorageName = 'stimagedemo'
param imagesContainer = 'pictures-in'

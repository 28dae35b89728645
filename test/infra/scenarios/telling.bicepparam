// Whom the app tells: an API, a topic and mail made here, from a domain of its own; a topic that is somebody else’s.
using '../../../infra/main.bicep'

param environmentName = 'demo'
param location = 'westeurope'
param visionPredictionUrl = 'https://fruit.cognitiveservices.azure.com/customvision/v3.1/Prediction/22222222-2222-4222-8222-222222222222/classify/iterations/fruit/image'
param notify = [
  {
    when: { tags: ['lemon'], probability: json('0.8') }
    to: { api: 'https://orders.example.org/api/pictures', scope: 'api://66666666-6666-4666-8666-666666666666/.default', role: 'Pictures.Receive' }
    cooldown: 'PT10M'
  }
  { when: { status: 'failed' }, to: { topic: '' } }
  { to: { topic: 'https://theirs.westeurope-1.eventgrid.azure.net/api/events' } }
  { when: { uncertain: [json('0.4'), json('0.6')] }, to: { mail: '', recipients: ['orchard@example.org'] }, period: 'PT1H' }
]
param mailDomain = 'mail.example.org'
param mailDomainVerified = true
param reconcileSchedule = '0 */15 * * * *'
param alertEmail = 'operator@example.org'

// A private network, app roles for callers, and what is off otherwise.
using '../../../infra/main.bicep'

param environmentName = 'demo'
param location = 'westeurope'
param networkIsolation = true
param entraAudience = '33333333-3333-4333-8333-333333333333'
param visionPredictionUrl = 'https://fruit.cognitiveservices.azure.com/customvision/v3.1/Prediction/22222222-2222-4222-8222-222222222222/classify/iterations/fruit/image'
param urlHosts = 'pictures.example.org'
param telemetry = 'otlp'
param otlpEndpoint = 'https://collector.example.org:4318'
param reconcileSchedule = '0 */15 * * * *'
param ui = 'off'

// The app registration, and callers with each role.
using '../../../infra/entra/main.bicep'

param environmentName = 'demo'
param predictCallers = ['44444444-4444-4444-8444-444444444444']
param readCallers = ['55555555-5555-4555-8555-555555555555']

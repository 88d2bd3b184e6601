#!/bin/sh
# Made by `python -m deploy.docs`: the rights of each service on its topics.
# Usage: KAFKA_ACLS='kafka-acls.sh --bootstrap-server … --command-config …' sh acls.sh
set -eu
# intake
$KAFKA_ACLS --add --allow-principal User:intake --operation Write --operation Describe --topic intake.rijen
$KAFKA_ACLS --add --allow-principal User:intake --operation Write --operation Describe --topic intake.batches
$KAFKA_ACLS --add --allow-principal User:intake --operation Read --operation Describe --topic zaken.zaken
$KAFKA_ACLS --add --allow-principal User:intake --operation Write --operation Describe --topic zaken.zaken.intake.dlq
$KAFKA_ACLS --add --allow-principal User:intake --operation Read --operation Describe --topic zaken.batches
$KAFKA_ACLS --add --allow-principal User:intake --operation Write --operation Describe --topic zaken.batches.intake.dlq
$KAFKA_ACLS --add --allow-principal User:intake --operation Read --operation Describe --topic gemeenten.instellingen
$KAFKA_ACLS --add --allow-principal User:intake --operation Write --operation Describe --topic gemeenten.instellingen.intake.dlq
$KAFKA_ACLS --add --allow-principal User:intake --operation Read --group heronderzoek-intake
$KAFKA_ACLS --add --allow-principal User:intake --operation IdempotentWrite --cluster
# cases
$KAFKA_ACLS --add --allow-principal User:cases --operation Read --operation Describe --topic intake.rijen
$KAFKA_ACLS --add --allow-principal User:cases --operation Write --operation Describe --topic intake.rijen.cases.dlq
$KAFKA_ACLS --add --allow-principal User:cases --operation Read --operation Describe --topic intake.batches
$KAFKA_ACLS --add --allow-principal User:cases --operation Write --operation Describe --topic intake.batches.cases.dlq
$KAFKA_ACLS --add --allow-principal User:cases --operation Write --operation Describe --topic zaken.zaken
$KAFKA_ACLS --add --allow-principal User:cases --operation Write --operation Describe --topic zaken.personen
$KAFKA_ACLS --add --allow-principal User:cases --operation Write --operation Describe --topic zaken.batches
$KAFKA_ACLS --add --allow-principal User:cases --operation Write --operation Describe --topic zaken.medewerkers
$KAFKA_ACLS --add --allow-principal User:cases --operation Write --operation Describe --topic zaken.opdrachten
$KAFKA_ACLS --add --allow-principal User:cases --operation Write --operation Describe --topic gemeenten.instellingen
$KAFKA_ACLS --add --allow-principal User:cases --operation Read --operation Describe --topic gemeenten.instellingen
$KAFKA_ACLS --add --allow-principal User:cases --operation Write --operation Describe --topic gemeenten.instellingen.cases.dlq
$KAFKA_ACLS --add --allow-principal User:cases --operation Read --operation Describe --topic documenten.documenten
$KAFKA_ACLS --add --allow-principal User:cases --operation Write --operation Describe --topic documenten.documenten.cases.dlq
$KAFKA_ACLS --add --allow-principal User:cases --operation Read --operation Describe --topic documenten.afdrukken
$KAFKA_ACLS --add --allow-principal User:cases --operation Write --operation Describe --topic documenten.afdrukken.cases.dlq
$KAFKA_ACLS --add --allow-principal User:cases --operation Read --operation Describe --topic berichten.bezorging
$KAFKA_ACLS --add --allow-principal User:cases --operation Write --operation Describe --topic berichten.bezorging.cases.dlq
$KAFKA_ACLS --add --allow-principal User:cases --operation Read --operation Describe --topic communicatie.berichten
$KAFKA_ACLS --add --allow-principal User:cases --operation Write --operation Describe --topic communicatie.berichten.cases.dlq
$KAFKA_ACLS --add --allow-principal User:cases --operation Read --group heronderzoek-cases
$KAFKA_ACLS --add --allow-principal User:cases --operation IdempotentWrite --cluster
# documents
$KAFKA_ACLS --add --allow-principal User:documents --operation Read --operation Describe --topic zaken.zaken
$KAFKA_ACLS --add --allow-principal User:documents --operation Write --operation Describe --topic zaken.zaken.documents.dlq
$KAFKA_ACLS --add --allow-principal User:documents --operation Read --operation Describe --topic zaken.batches
$KAFKA_ACLS --add --allow-principal User:documents --operation Write --operation Describe --topic zaken.batches.documents.dlq
$KAFKA_ACLS --add --allow-principal User:documents --operation Read --operation Describe --topic zaken.opdrachten
$KAFKA_ACLS --add --allow-principal User:documents --operation Write --operation Describe --topic zaken.opdrachten.documents.dlq
$KAFKA_ACLS --add --allow-principal User:documents --operation Read --operation Describe --topic gemeenten.instellingen
$KAFKA_ACLS --add --allow-principal User:documents --operation Write --operation Describe --topic gemeenten.instellingen.documents.dlq
$KAFKA_ACLS --add --allow-principal User:documents --operation Write --operation Describe --topic documenten.documenten
$KAFKA_ACLS --add --allow-principal User:documents --operation Write --operation Describe --topic documenten.afdrukken
$KAFKA_ACLS --add --allow-principal User:documents --operation Read --group heronderzoek-documents
$KAFKA_ACLS --add --allow-principal User:documents --operation IdempotentWrite --cluster
# mailer
$KAFKA_ACLS --add --allow-principal User:mailer --operation Read --operation Describe --topic zaken.zaken
$KAFKA_ACLS --add --allow-principal User:mailer --operation Write --operation Describe --topic zaken.zaken.mailer.dlq
$KAFKA_ACLS --add --allow-principal User:mailer --operation Read --operation Describe --topic zaken.batches
$KAFKA_ACLS --add --allow-principal User:mailer --operation Write --operation Describe --topic zaken.batches.mailer.dlq
$KAFKA_ACLS --add --allow-principal User:mailer --operation Read --operation Describe --topic zaken.opdrachten
$KAFKA_ACLS --add --allow-principal User:mailer --operation Write --operation Describe --topic zaken.opdrachten.mailer.dlq
$KAFKA_ACLS --add --allow-principal User:mailer --operation Read --operation Describe --topic gemeenten.instellingen
$KAFKA_ACLS --add --allow-principal User:mailer --operation Write --operation Describe --topic gemeenten.instellingen.mailer.dlq
$KAFKA_ACLS --add --allow-principal User:mailer --operation Write --operation Describe --topic berichten.bezorging
$KAFKA_ACLS --add --allow-principal User:mailer --operation Read --group heronderzoek-mailer
$KAFKA_ACLS --add --allow-principal User:mailer --operation IdempotentWrite --cluster
# communications
$KAFKA_ACLS --add --allow-principal User:communications --operation Read --operation Describe --topic zaken.zaken
$KAFKA_ACLS --add --allow-principal User:communications --operation Write --operation Describe --topic zaken.zaken.communications.dlq
$KAFKA_ACLS --add --allow-principal User:communications --operation Read --operation Describe --topic zaken.personen
$KAFKA_ACLS --add --allow-principal User:communications --operation Write --operation Describe --topic zaken.personen.communications.dlq
$KAFKA_ACLS --add --allow-principal User:communications --operation Read --operation Describe --topic zaken.batches
$KAFKA_ACLS --add --allow-principal User:communications --operation Write --operation Describe --topic zaken.batches.communications.dlq
$KAFKA_ACLS --add --allow-principal User:communications --operation Read --operation Describe --topic zaken.medewerkers
$KAFKA_ACLS --add --allow-principal User:communications --operation Write --operation Describe --topic zaken.medewerkers.communications.dlq
$KAFKA_ACLS --add --allow-principal User:communications --operation Read --operation Describe --topic gemeenten.instellingen
$KAFKA_ACLS --add --allow-principal User:communications --operation Write --operation Describe --topic gemeenten.instellingen.communications.dlq
$KAFKA_ACLS --add --allow-principal User:communications --operation Read --operation Describe --topic documenten.documenten
$KAFKA_ACLS --add --allow-principal User:communications --operation Write --operation Describe --topic documenten.documenten.communications.dlq
$KAFKA_ACLS --add --allow-principal User:communications --operation Read --operation Describe --topic documenten.afdrukken
$KAFKA_ACLS --add --allow-principal User:communications --operation Write --operation Describe --topic documenten.afdrukken.communications.dlq
$KAFKA_ACLS --add --allow-principal User:communications --operation Read --operation Describe --topic berichten.bezorging
$KAFKA_ACLS --add --allow-principal User:communications --operation Write --operation Describe --topic berichten.bezorging.communications.dlq
$KAFKA_ACLS --add --allow-principal User:communications --operation Write --operation Describe --topic communicatie.berichten
$KAFKA_ACLS --add --allow-principal User:communications --operation Read --group heronderzoek-communications
$KAFKA_ACLS --add --allow-principal User:communications --operation IdempotentWrite --cluster
# other municipal systems, as members of the role subscriber: public topics only
$KAFKA_ACLS --add --allow-principal User:subscriber --operation Read --operation Describe --topic intake.batches
$KAFKA_ACLS --add --allow-principal User:subscriber --operation Read --operation Describe --topic zaken.zaken
$KAFKA_ACLS --add --allow-principal User:subscriber --operation Read --operation Describe --topic zaken.batches
$KAFKA_ACLS --add --allow-principal User:subscriber --operation Read --operation Describe --topic zaken.medewerkers
$KAFKA_ACLS --add --allow-principal User:subscriber --operation Read --operation Describe --topic gemeenten.instellingen
$KAFKA_ACLS --add --allow-principal User:subscriber --operation Read --operation Describe --topic documenten.documenten
$KAFKA_ACLS --add --allow-principal User:subscriber --operation Read --operation Describe --topic documenten.afdrukken
$KAFKA_ACLS --add --allow-principal User:subscriber --operation Read --operation Describe --topic berichten.bezorging
$KAFKA_ACLS --add --allow-principal User:subscriber --operation Read --operation Describe --topic communicatie.berichten
$KAFKA_ACLS --add --allow-principal User:subscriber --operation Read --group subscriber- --resource-pattern-type prefixed

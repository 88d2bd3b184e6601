#!/bin/sh
# Made by `python -m deploy.docs`; `python -m shared.chassis.topics` makes the same.
# Usage: KAFKA_TOPICS='kafka-topics.sh --bootstrap-server …' REPLICATION=3 sh topics.sh
set -eu
$KAFKA_TOPICS --create --if-not-exists --topic intake.rijen --partitions 12 --replication-factor "${REPLICATION:-3}" --config retention.ms=604800000
$KAFKA_TOPICS --create --if-not-exists --topic intake.rijen.cases.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic intake.batches --partitions 12 --replication-factor "${REPLICATION:-3}" --config retention.ms=1209600000
$KAFKA_TOPICS --create --if-not-exists --topic intake.batches.cases.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic zaken.zaken --partitions 12 --replication-factor "${REPLICATION:-3}" --config retention.ms=1209600000
$KAFKA_TOPICS --create --if-not-exists --topic zaken.zaken.intake.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic zaken.zaken.documents.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic zaken.zaken.mailer.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic zaken.zaken.communications.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic zaken.personen --partitions 12 --replication-factor "${REPLICATION:-3}" --config retention.ms=604800000
$KAFKA_TOPICS --create --if-not-exists --topic zaken.personen.communications.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic zaken.batches --partitions 12 --replication-factor "${REPLICATION:-3}" --config retention.ms=1209600000
$KAFKA_TOPICS --create --if-not-exists --topic zaken.batches.intake.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic zaken.batches.documents.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic zaken.batches.mailer.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic zaken.batches.communications.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic zaken.medewerkers --partitions 12 --replication-factor "${REPLICATION:-3}" --config retention.ms=1209600000
$KAFKA_TOPICS --create --if-not-exists --topic zaken.medewerkers.communications.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic zaken.opdrachten --partitions 12 --replication-factor "${REPLICATION:-3}" --config retention.ms=604800000
$KAFKA_TOPICS --create --if-not-exists --topic zaken.opdrachten.documents.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic zaken.opdrachten.mailer.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic gemeenten.instellingen --partitions 12 --replication-factor "${REPLICATION:-3}" --config cleanup.policy=compact
$KAFKA_TOPICS --create --if-not-exists --topic gemeenten.instellingen.intake.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic gemeenten.instellingen.cases.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic gemeenten.instellingen.documents.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic gemeenten.instellingen.mailer.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic gemeenten.instellingen.communications.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic documenten.documenten --partitions 12 --replication-factor "${REPLICATION:-3}" --config retention.ms=1209600000
$KAFKA_TOPICS --create --if-not-exists --topic documenten.documenten.cases.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic documenten.documenten.communications.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic documenten.afdrukken --partitions 12 --replication-factor "${REPLICATION:-3}" --config retention.ms=1209600000
$KAFKA_TOPICS --create --if-not-exists --topic documenten.afdrukken.cases.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic documenten.afdrukken.communications.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic berichten.bezorging --partitions 12 --replication-factor "${REPLICATION:-3}" --config retention.ms=1209600000
$KAFKA_TOPICS --create --if-not-exists --topic berichten.bezorging.cases.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic berichten.bezorging.communications.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000
$KAFKA_TOPICS --create --if-not-exists --topic communicatie.berichten --partitions 12 --replication-factor "${REPLICATION:-3}" --config retention.ms=1209600000
$KAFKA_TOPICS --create --if-not-exists --topic communicatie.berichten.cases.dlq --partitions 1 --replication-factor "${REPLICATION:-3}" --config retention.ms=2592000000

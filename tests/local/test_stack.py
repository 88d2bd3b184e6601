"""The four parts run together, and come back with their data after a kill -9."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import boto3
import psycopg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.local import ports
from deploy.local.stack import PortTakenError, Stack, create_bucket, create_database

CONSUME_MILLISECONDS = 10_000


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Run one stack for all tests of this file."""
    with Stack(tmp_path_factory.mktemp("stack"), ports.free_base()) as running:
        yield running


def s3_client(stack: Stack) -> Any:
    """Speak S3 with nothing but the settings that a service gets."""
    settings = stack.environment()
    return boto3.client(
        "s3",
        endpoint_url=settings["S3_ENDPOINT"],
        region_name=settings["S3_REGION"],
        aws_access_key_id=settings["S3_ACCESS_KEY"],
        aws_secret_access_key=settings["S3_SECRET_KEY"],
    )


def libpq(url: str) -> str:
    """Turn SQLAlchemy's address into the one that psycopg reads."""
    return url.replace("+psycopg", "")


def test_a_committed_row_survives_kill_9_of_postgresql(stack: Stack) -> None:
    """What PostgreSQL said yes to is there after the crash."""
    create_database(stack, "cases")
    owner = libpq(stack.environment("cases", owner=True)["DATABASE_OWNER_URL"])
    with psycopg.connect(owner) as connection:
        connection.execute("CREATE TABLE kept (number int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    stack.postgres.kill()
    assert not stack.postgres.is_running
    stack.postgres.start()
    with psycopg.connect(owner) as connection:
        assert connection.execute("SELECT number FROM kept").fetchall() == [(7,)]


def test_a_service_role_has_no_right_by_itself(stack: Stack) -> None:
    """It may log in to its own database only, owns nothing, and cannot pass row security."""
    create_database(stack, "intake")
    create_database(stack, "mailer")
    create_database(stack, "mailer")  # again is harmless
    with psycopg.connect(libpq(stack.database_url("mailer"))) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (number int)")
        connection.rollback()
        rights = "rolsuper, rolbypassrls, rolcreatedb, rolcreaterole"
        rows = connection.execute(
            f"SELECT {rights} FROM pg_roles WHERE rolname IN ('mailer', 'mailer_owner')"  # noqa: S608 - fixed names
        ).fetchall()
    assert rows == [(False, False, False, False)] * 2
    elsewhere = libpq(stack.database_url("mailer")).replace("/mailer", "/intake", 2)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(elsewhere.replace("//intake", "//mailer"))


async def test_an_acknowledged_message_survives_kill_9_of_kafka(stack: Stack) -> None:
    """A topic and its message are there after the crash."""
    brokers = stack.environment()["KAFKA_BOOTSTRAP"]
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await admin.start()
    await admin.create_topics([NewTopic("proef", num_partitions=3, replication_factor=1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=brokers, acks="all") as producer:
        await producer.send_and_wait("proef", b"blijft", key=b"sleutel")
    stack.kafka.kill()
    stack.kafka.start()
    consumer = AIOKafkaConsumer(
        "proef", bootstrap_servers=brokers, auto_offset_reset="earliest", group_id="proef"
    )
    async with consumer:
        batches = await consumer.getmany(timeout_ms=CONSUME_MILLISECONDS)
    assert [message.value for batch in batches.values() for message in batch] == [b"blijft"]


def test_an_object_survives_kill_9_of_s3(stack: Stack) -> None:
    """A stored object is there after the crash."""
    create_bucket(stack)
    create_bucket(stack)  # again is harmless
    bucket = stack.environment()["S3_BUCKET"]
    s3_client(stack).put_object(Bucket=bucket, Key="map/brief.pdf", Body=b"%PDF")
    stack.s3.kill()
    stack.s3.start()
    found = s3_client(stack).get_object(Bucket=bucket, Key="map/brief.pdf")
    assert found["Body"].read() == b"%PDF"


def send_mail(stack: Stack, recipient: str, subject: str) -> None:
    """Send one mail as a service would."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "afzender@example.nl", recipient, subject
    mail.set_content("Goedendag, één bericht.")
    settings = stack.environment()
    with smtplib.SMTP(settings["SMTP_HOST"], int(settings["SMTP_PORT"])) as smtp:
        smtp.send_message(mail)


def test_any_recipient_has_a_mailbox_that_outlives_a_stop(stack: Stack) -> None:
    """Mail for an unknown address is kept, byte for byte, over an orderly stop."""
    send_mail(stack, "onbekend@example.nl", "Uitnodiging")
    before = stack.mail.messages_to("onbekend@example.nl")
    assert b"Subject: Uitnodiging" in before[0]
    stack.mail.stop()
    stack.mail.start()
    assert stack.mail.messages_to("onbekend@example.nl") == before


def test_a_closed_door_refuses_mail_and_loses_none(stack: Stack) -> None:
    """SMTP is away as long as the door is closed; what was delivered stays readable."""
    send_mail(stack, "deur@example.nl", "Een")
    stack.mail.close_door()
    with pytest.raises(ConnectionRefusedError):
        send_mail(stack, "deur@example.nl", "Geweigerd")
    assert len(stack.mail.messages_to("deur@example.nl")) == 1
    stack.mail.open_door()
    send_mail(stack, "deur@example.nl", "Twee")
    assert len(stack.mail.messages_to("deur@example.nl")) == len(("Een", "Twee"))


def test_a_paused_part_goes_on_where_it_was(stack: Stack) -> None:
    """A frozen database answers nobody, and the same process answers again afterwards."""
    pid = stack.postgres.pid
    stack.postgres.pause()
    assert not stack.postgres.answers()
    stack.postgres.resume()
    stack.postgres.wait_ready()
    assert stack.postgres.pid == pid


def test_a_taken_port_is_reported_with_its_holder(stack: Stack) -> None:
    """The message names the port, who has it, and the setting that moves it."""
    other = Stack(stack.state.with_name("other"), ports.free_base())
    holder = socket.create_server((ports.HOST, other.ports.kafka))
    with holder, pytest.raises(PortTakenError) as caught:
        other.start()
    message = str(caught.value)
    assert f"Poort {other.ports.kafka} (kafka) is al in gebruik door 'p" in message
    assert "HERONDERZOEK_KAFKA_PORT" in message
    assert not any(part.is_running for part in other.parts)


def test_two_stacks_run_beside_each_other(stack: Stack) -> None:
    """Another folder and other ports make an independent installation."""
    second = Stack(stack.state.with_name("second"), ports.free_base())
    second.postgres.start()
    try:
        assert second.postgres.answers()
        assert stack.postgres.answers()
        assert second.secrets.superuser_password != stack.secrets.superuser_password
    finally:
        second.stop()

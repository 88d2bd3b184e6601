"""Makes the bucket of S3_BUCKET; one that exists is left as it is.

Runs in the image of any service, whose settings name the store.
"""

from __future__ import annotations

import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from shared.chassis.settings import StoreSettings

HTTP_NOT_FOUND = 404


def make_bucket(settings: StoreSettings) -> bool:
    """Make the bucket; tell whether it was not there yet."""
    client = boto3.client(
        "s3",
        endpoint_url=settings.s3_endpoint,
        region_name=settings.s3_region,
        aws_access_key_id=settings.s3_access_key.get_secret_value(),
        aws_secret_access_key=settings.s3_secret_key.get_secret_value(),
    )
    try:
        client.head_bucket(Bucket=settings.s3_bucket)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != HTTP_NOT_FOUND:
            raise
        client.create_bucket(Bucket=settings.s3_bucket)
        return True
    return False


def main() -> int:
    """Make it; answers the exit code."""
    settings = StoreSettings()
    try:
        is_new = make_bucket(settings)
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"bucket {settings.s3_bucket} at {settings.s3_endpoint}: {error}\n")
        return 1
    sys.stdout.write(f"bucket {settings.s3_bucket} {'is made' if is_new else 'was there'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

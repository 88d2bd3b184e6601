"""What the services share: contracts, the chassis and templating."""

"""Areas as public facts: an area's page, constituencies, the crosswalk between elections, outlines for maps."""

"""Real HTTP servers on loopback that speak the protocols of model servers, well or badly."""

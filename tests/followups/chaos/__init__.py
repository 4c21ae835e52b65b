"""Everything goes wrong at once, on real processes and servers that are this run's own: `script/chaos`."""

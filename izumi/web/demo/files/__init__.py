"""Small real files for the demo, computed from a seed: tables, spectra, pictures, sounds, papers."""

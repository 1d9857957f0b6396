"""Tests of the whole, and what tests of the rooms share. (A package, because another distribution installs one of this name.)"""

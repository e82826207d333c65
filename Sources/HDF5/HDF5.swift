// The module HDF5; see DESIGN.

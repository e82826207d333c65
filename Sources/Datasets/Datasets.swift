// The module Datasets; see DESIGN.

// A module that does nothing: the first that a watched process loads.
export {}

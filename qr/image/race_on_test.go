//go:build race

package image_test

// raceEnabled thins out the samples: the detector makes a matrix ten times dearer.
const raceEnabled = true

/**
 * Networks as descriptions without state, the store that holds their weights, and the preprocessing
 * of images. The same description serves the student, the teacher and an exported encoder.
 */
package org.dinovmf.graph;

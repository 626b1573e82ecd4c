/** Export of an encoder in the ONNX format. */
package org.dinovmf.savedmodel.onnx;

/** Features of images by a frozen encoder, computed once. */
package org.dinovmf.tools.features;

/** The demonstration: a whole run on the images that ship with the project. */
package org.dinovmf.tools.demo;

/** The demo: the images that ship with the project, and what is made of them. */
package org.dinovmf.tools.demo;

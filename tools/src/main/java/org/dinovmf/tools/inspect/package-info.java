/** What files of models hold: they are parsed, and nothing in them is run. */
package org.dinovmf.tools.inspect;

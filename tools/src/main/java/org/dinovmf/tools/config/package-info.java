/**
 * From what a user gives to the configuration of a run: one table of settings, the layers flag,
 * file, preset, automatic choice and built-in default, and the origin of each value.
 */
package org.dinovmf.tools.config;

/** How the teacher follows the student. */
package org.dinovmf.training.teacher;

/// An error in what the user gave, which the user can mend: a file, a name, a size.
package protocol InputError: Error {}

;;; packages.el --- Finds the packages of the system, as Debian's Emacs does  -*- lexical-binding: t; -*-

(require 'package)
(add-to-list 'package-directory-list "/usr/share/emacs/site-lisp/elpa")
(package-initialize)

;;; packages.el ends here

;;; agentls.el --- Eglot for the files that define AI agents  -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1") (eglot "1.9"))
;; Keywords: languages, tools
;; SPDX-License-Identifier: MIT OR Apache-2.0

;;; Commentary:

;; agentls is a language server for the markdown files that define AI agents, skills and
;; commands.  This file tells Eglot how to start it, and adds what Eglot has no command for:
;;
;;     (require 'agentls)
;;     (agentls-setup)
;;     (add-hook 'markdown-mode-hook #'eglot-ensure)
;;
;; `agentls-explain-rule' shows the page of the rule of the finding at point, `agentls-fix-all'
;; mends what has one right answer, `agentls-new-agent' makes an agent, `agentls-status' says who
;; reads the file and whether it is loaded, and `agentls-graph' draws who delegates to whom.

;;; Code:

(require 'browse-url)
(require 'eglot)
(require 'flymake)
(require 'project)
(require 'seq)
(require 'subr-x)

(defgroup agentls nil
  "Language server for the files that define AI agents."
  :group 'eglot
  :prefix "agentls-")

(defcustom agentls-command '("agentls" "server")
  "The program that is the language server, and its arguments."
  :type '(repeat string))

(defcustom agentls-options nil
  "What the server is told when it starts, as a property list.
The keys are those of the page on editors, for example
\(:diagnostics (:workspace t) :inlayHints (:model :json-false))."
  :type 'plist)

(defcustom agentls-root-markers
  '(".agentls.yaml" ".claude" ".github" ".opencode" ".gemini" ".cursor")
  "What makes a folder a workspace, where version control says nothing."
  :type '(repeat string))

(defconst agentls--explain "agentls.explainRule"
  "The command that the server is told to name when a rule is to be explained.")

(defclass agentls-server (eglot-lsp-server) ()
  :documentation "A session with agentls.")

(defun agentls--contact (&rest _)
  "How to start the server, as `eglot-server-programs' wants it."
  (let ((program (car agentls-command)))
    (unless (executable-find program t)
      (user-error "%s is not on the PATH: install agentls, or set `agentls-command'" program))
    `(agentls-server
      ,@agentls-command
      :initializationOptions
      (,@agentls-options :commands (:explainRule ,agentls--explain)))))

(defun agentls--find-project (directory)
  "The workspace of DIRECTORY, when Eglot asks and nobody else knows one.
The home folder is none: what lies in it is one's own agents."
  (when (bound-and-true-p eglot-lsp-context)
    (let ((root (locate-dominating-file
                 directory
                 (lambda (folder)
                   (seq-some (lambda (marker)
                               (file-exists-p (expand-file-name marker folder)))
                             agentls-root-markers)))))
      (when (and root (not (file-equal-p root "~/")))
        (cons 'transient root)))))

;;;###autoload
(defun agentls-setup ()
  "Have Eglot start agentls for markdown."
  (add-to-list 'eglot-server-programs
               '(((markdown-mode :language-id "markdown")
                  (gfm-mode :language-id "markdown")
                  (markdown-ts-mode :language-id "markdown"))
                 . agentls--contact))
  (add-hook 'project-find-functions #'agentls--find-project 90))

(defun agentls--server ()
  "The session with agentls of this buffer, or an error."
  (let ((server (eglot-current-server)))
    (unless (object-of-class-p server 'agentls-server)
      (user-error "This buffer has no session with agentls: try `M-x eglot'"))
    server))

(defun agentls--rules-at-point ()
  "The names of the rules of the findings at point."
  (delq nil
        (mapcar (lambda (finding)
                  (plist-get (alist-get 'eglot-lsp-diag (flymake-diagnostic-data finding))
                             :code))
                (flymake-diagnostics (point)))))

;;;###autoload
(defun agentls-explain-rule (rule)
  "Show the page of RULE: the fault, why it matters, and what to do."
  (interactive
   (let ((rules (agentls--rules-at-point)))
     (list (completing-read (format-prompt "Explain rule" (car rules))
                            rules nil nil nil nil (car rules)))))
  (let ((page (jsonrpc-request (agentls--server) :agentls/explain (list :rule rule))))
    (unless page
      (user-error "There is no rule called %s" rule))
    (with-current-buffer (get-buffer-create "*agentls rule*")
      (let ((inhibit-read-only t))
        (erase-buffer)
        (insert "# " (plist-get page :name) "\n\n" (plist-get page :markdown))
        ;; A file of markdown would be given to Eglot: this is none.
        (delay-mode-hooks
          (if (fboundp 'gfm-view-mode) (gfm-view-mode) (special-mode)))
        (goto-char (point-min)))
      (display-buffer (current-buffer)))))

;;;###autoload
(defun agentls-fix-all ()
  "Mend everything in this file that has one right answer."
  (interactive)
  (agentls--server)
  (eglot-code-actions (point-min) (point-max) "source.fixAll.agentls" t))

(defun agentls--count (number noun)
  "NUMBER and NOUN in words; nothing where there is nothing to count."
  (pcase number
    (0 nil)
    (1 (format "1 %s" noun))
    (_ (format "%d %ss" number noun))))

;;;###autoload
(defun agentls-status ()
  "Tell the host of this file, and whether and how well it is loaded."
  (interactive)
  (let* ((status (jsonrpc-request (agentls--server) :agentls/status
                                  (list :textDocument (eglot--TextDocumentIdentifier))))
         (host (plist-get status :host))
         (findings (plist-get status :findings))
         (counts (mapcar (lambda (noun)
                           (agentls--count (plist-get findings (intern (concat ":" noun))) noun))
                         '("error" "warning" "hint")))
         ;; The only noun without a plural.
         (information (pcase (plist-get findings :information)
                        (0 nil)
                        (number (format "%d for information" number)))))
    (message "%s"
             (if (null host)
                 "Plain markdown, for no host"
               (string-join
                (delq nil `(,(plist-get host :title)
                            ,(plist-get status :kind)
                            ,(plist-get status :verdict)
                            ,@counts
                            ,information))
                ", ")))))

(defun agentls--read-place (server)
  "One of the places that SERVER knows for a new agent."
  (let* ((places (mapcar (lambda (place)
                           (cons (format "%s (%s)"
                                         (plist-get place :label) (plist-get place :title))
                                 place))
                         (jsonrpc-request server :agentls/places eglot--{})))
         (first (car (car places))))
    (cdr (assoc (completing-read (format-prompt "Folder" first) places nil t nil nil first)
                places))))

;;;###autoload
(defun agentls-new-agent (name place)
  "Visit a file for a new agent called NAME in PLACE, which is not saved yet.
PLACE is one of those that the server knows."
  (interactive
   (list (read-string "Name of the new agent: ") (agentls--read-place (agentls--server))))
  (let* ((made (jsonrpc-request (agentls--server) :agentls/newAgent
                                (list :name name
                                      :host (plist-get place :host)
                                      :folder (plist-get place :folder))))
         (uri (plist-get made :uri))
         (problem (plist-get made :problem)))
    (unless uri
      (user-error "%s" (or problem "No agent can be made there")))
    ;; Eglot 1.16 has another name for this.
    (find-file (funcall (if (fboundp 'eglot-uri-to-path) 'eglot-uri-to-path 'eglot--uri-to-path)
                        uri))
    ;; The server looks at the disk: what is not saved yet is taken too.
    (if (or (eq (plist-get made :isTaken) t) (> (buffer-size) 0))
        (message "There is such a file already")
      (insert (plist-get made :text))
      (agentls--select (plist-get made :selection))
      (when problem (message "%s" problem)))))

(defun agentls--select (range)
  "Make RANGE the region, so that it is typed over with `delete-selection-mode'.
What stands before it in its lines is ASCII: a key of the header."
  (pcase-let ((`(,start ,end)
               (mapcar (lambda (place)
                         (goto-char (point-min))
                         (forward-line (plist-get place :line))
                         (+ (point) (plist-get place :character)))
                       (list (plist-get range :start) (plist-get range :end)))))
    (push-mark start t t)
    (goto-char end)))

;;;###autoload
(defun agentls-graph ()
  "Show the team in the browser: who delegates to whom, and the heirs of each."
  (interactive)
  (let ((drawn (jsonrpc-request
                (agentls--server) :agentls/graph
                (list :format "html"
                      :uri (plist-get (eglot--TextDocumentIdentifier) :uri)
                      :nonce (secure-hash 'sha256 (format "%s %s" (random t) (float-time))))))
        (coding-system-for-write 'utf-8))
    (unless drawn
      (user-error "There is no workspace whose team could be drawn"))
    (browse-url-of-file
     (make-temp-file "agentls-graph-" nil ".html" (plist-get drawn :text)))))

(defun agentls--explained (command arguments)
  "Whether COMMAND asks for the page of a rule, which is shown then.
The rule is the first of ARGUMENTS."
  (when (equal (format "%s" command) agentls--explain)
    (agentls-explain-rule (elt arguments 0))
    t))

;; Eglot 1.16 has another name for this, and another form.
(if (fboundp 'eglot-execute)
    (cl-defmethod eglot-execute ((_server agentls-server) action)
      "Do ACTION here if it is ours, and else in the server."
      (or (agentls--explained (plist-get action :command) (plist-get action :arguments))
          (cl-call-next-method)))
  (with-suppressed-warnings ((obsolete eglot-execute-command))
    (cl-defmethod eglot-execute-command ((_server agentls-server) command arguments)
      "Run COMMAND with ARGUMENTS here if it is ours, and else in the server."
      (or (agentls--explained command arguments)
          (cl-call-next-method)))))

(provide 'agentls)
;;; agentls.el ends here

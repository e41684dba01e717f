;;; client.el --- A person at the keyboard of Emacs  -*- lexical-binding: t; -*-

;; Run by run.sh.  Each test has a fresh copy of the team and a session of its own.  What failed
;; leaves its buffers in target/editors/emacs/.

;;; Code:

(require 'ert)
(require 'json)
(require 'agentls)
(require 'markdown-mode)

(defconst client-wait-seconds 40)

(defconst client-test-seconds 120 "What a test may take before it counts as hanging.")

(defconst client-agents ".claude/agents/")

;; features.json has the names.  Eglot 1.9 has no part for these; later Eglots have inlay hints.
(defconst client-lacks
  ["rename-file" "call-hierarchy" "type-hierarchy" "folding" "code-lens" "inlay-hints"
   "semantic-tokens"])

(defvar client-tests nil "Tests as (NAME FEATURES FUNCTION), the last first.")
(defvar client-team nil "The copy of the team that the test works on, with a slash.")
(defvar client-answers nil "What the person answers to questions, as (PATTERN . ANSWER).")

(defmacro client-test (name features &rest body)
  "Define the test NAME, which tries FEATURES by BODY."
  (declare (indent 2))
  `(push (list ,name ',features (lambda () ,@body)) client-tests))

;; What a person does.

(defun client-open (path)
  "Visit PATH of the team and wait for its session."
  (switch-to-buffer (find-file-noselect (concat client-team path)))
  ;; `eglot-ensure' is in the hook of the mode; it waits for the end of a command.
  (run-hooks 'post-command-hook)
  (client-until (format "a session for %s" path) #'eglot-current-server)
  (flymake-mode 1)
  ;; Flymake starts when it is idle, which a batch never is.
  (flymake-start)
  (goto-char (point-min)))

(defun client-find (text)
  "Put point on the first character of TEXT."
  (goto-char (point-min))
  (search-forward text)
  (goto-char (match-beginning 0)))

(defun client-type (text)
  "Insert TEXT, and be idle for as long as Eglot wants before it tells the server."
  (insert text)
  (client-told))

(defun client-told ()
  "Tell the server of changes, as Eglot does when it is idle."
  (eglot--signal-textDocument/didChange))

(defun client-answer (prompt)
  "The answer to PROMPT."
  (let ((answer (assoc prompt client-answers #'string-match-p)))
    (unless answer (error "Nobody expected the question %S" prompt))
    (cdr answer)))

;; What a person sees.

(defun client-until (what condition)
  "Wait until CONDITION gives something, and give that; WHAT says what is awaited."
  (let ((end (time-add nil client-wait-seconds)) found)
    (while (not (setq found (funcall condition)))
      (when (time-less-p end nil)
        (error "%s: not within %d s" what client-wait-seconds))
      (accept-process-output nil 0.02)
      ;; Watched files are told as events of the keyboard.
      (read-event nil nil 0.01))
    found))

(defun client-expect (what actual expected)
  "Fail unless ACTUAL is EXPECTED; WHAT says what they are."
  (unless (equal actual expected)
    (error "%s\nexpected: %S\nactual:   %S" what expected actual)))

(defun client-shown ()
  "The findings of this buffer in its order: line, underlined text, rule, face."
  (mapcar
   (lambda (finding)
     (list (line-number-at-pos (flymake-diagnostic-beg finding))
           (buffer-substring-no-properties (flymake-diagnostic-beg finding)
                                           (flymake-diagnostic-end finding))
           (let ((text (flymake-diagnostic-text finding)))
             (and (string-match "\\`agentls \\[\\([a-z-]+\\)\\]: " text) (match-string 1 text)))
           (flymake-diagnostic-type finding)))
   (sort (flymake-diagnostics)
         (lambda (one other)
           (< (flymake-diagnostic-beg one) (flymake-diagnostic-beg other))))))

(defun client-until-shown (&rest findings)
  "Wait until this buffer shows exactly FINDINGS."
  (let (shown)
    (condition-case nil
        (client-until "findings" (lambda () (equal (setq shown (client-shown)) findings)))
      (error (client-expect "the findings" shown findings)))))

(defun client-line (&optional number)
  "The line with that NUMBER, or with point."
  (save-excursion
    (when number (goto-char (point-min)) (forward-line (1- number)))
    (buffer-substring-no-properties (line-beginning-position) (line-end-position))))

(defun client-place ()
  "The file, the line and the text behind point."
  (list (file-relative-name buffer-file-name client-team)
        (line-number-at-pos)
        (buffer-substring-no-properties (point) (line-end-position))))

(defun client-text (buffer)
  "The text of BUFFER; none where there is none."
  (if (get-buffer buffer)
      (with-current-buffer buffer (buffer-substring-no-properties (point-min) (point-max)))
    ""))

(defun client-until-text (buffer &rest parts)
  "Wait until the text of BUFFER has all PARTS."
  (client-until (format "%S in %s" parts buffer)
                (lambda ()
                  (let ((text (client-text buffer)))
                    (seq-every-p (lambda (part) (string-search part text)) parts)))))

(defun client-disk (path)
  "What is in the file PATH of the team."
  (with-temp-buffer
    (insert-file-contents (concat client-team path))
    (buffer-string)))

(defun client-offered ()
  "What completion offers at point, with the texts that each would insert."
  (pcase-let* ((`(,start ,end ,table . ,_)
                (run-hook-wrapped 'completion-at-point-functions
                                  (lambda (function) (ignore-errors (funcall function)))))
               (offered (all-completions (buffer-substring-no-properties start end) table)))
    (mapcar (lambda (candidate)
              (let ((item (get-text-property 0 'eglot--lsp-item candidate)))
                (cons (substring-no-properties candidate)
                      (list (plist-get item :insertText)
                            (plist-get (plist-get item :textEdit) :newText)))))
            offered)))

;; The tests.

(dolist (fault '(("catalog-editor.md" 3 ":" "yaml-requoted" eglot-warning)
                 ("order-analyst.md" 24 "order" "python-syntax" eglot-warning)
                 ("quality/accessibility-auditor.md" 4 "core/reviewer" "broken-extends" eglot-error)
                 ("release-manager.md" 20 "checkout-enginer" "unknown-agent" eglot-warning)
                 ("storefront-developer.md" 4 "MultiEdit" "removed-tool" eglot-warning)
                 ("support-writer.md" 4 "allowedTools" "misspelled-key" eglot-warning)))
  (client-test (format "%s is shown in %s, under %S" (nth 3 fault) (car fault) (nth 2 fault))
      ("diagnostics")
    (client-open (concat client-agents (car fault)))
    (client-until-shown (cdr fault))))

(client-test "a finding after ü and an emoji is exactly the name" ("diagnostics")
  (with-temp-file (concat client-team client-agents "night-lead.md")
    (insert "---\nname: night-lead\ndescription: Leads at night.\n---\n\n"
            "| When | Delegate To |\n|---|---|\n| süß 😀 | `nobody-engineer` |\n"))
  (client-open (concat client-agents "night-lead.md"))
  (client-until-shown '(8 "nobody-engineer" "unknown-agent" eglot-warning)))

(client-test "a fault goes when it is typed away, and comes back when it is undone" ("diagnostics")
  (let ((fault '(20 "checkout-enginer" "unknown-agent" eglot-warning)))
    (client-open (concat client-agents "release-manager.md"))
    (client-until-shown fault)
    (buffer-enable-undo)
    (client-find "enginer")
    (forward-char 6)
    (undo-boundary)
    (client-type "e")
    (client-until-shown)
    (undo-boundary)
    (undo)
    (client-told)
    (client-until-shown fault)))

(client-test "a cell of a delegation table completes an agent" ("completion")
  (client-open (concat client-agents "shop-lead.md"))
  (client-find "| `support-writer`")
  (end-of-line)
  (client-type "\n| stor")
  (completion-at-point)
  (client-until-text "*Completions*" "storefront-developer agent · sonnet")
  (client-type "ef")
  (completion-at-point)
  (client-expect "the line" (client-line) "| storefront-developer"))

(client-test "a key of the header is completed, as plain text" ("completion")
  (client-open (concat client-agents "shop-lead.md"))
  (client-find "model: opus")
  (client-type "m\n")
  (backward-char)
  (let ((names (mapcar #'car (client-offered))))
    (unless (seq-some (lambda (name) (string-prefix-p "maxTurns" name)) names)
      (error "No maxTurns among %S" names)))
  (client-type "axTur")
  (completion-at-point)
  (client-expect "the line" (client-line) "maxTurns: "))

(client-test "nothing that is completed has a placeholder in it" ("completion")
  (client-open (concat client-agents "shop-lead.md"))
  (dolist (place '("\ncolor: purple" "\ntools: Read" "# Shop lead" "| `support-writer`"))
    (client-find place)
    (end-of-line)
    (client-type "\n")
    (dolist (item (client-offered))
      (when (string-match-p "\\$[{0-9]" (format "%S" item))
        (error "A placeholder below %S: %S" place item)))))

(client-test "the description of the agent at point is shown" ("hover" "highlight")
  (client-open (concat client-agents "shop-lead.md"))
  (client-find "checkout-engineer")
  (eldoc-print-current-symbol-info t)
  (client-until "the description"
                (lambda ()
                  (seq-some (lambda (buffer)
                              (and (string-prefix-p "*eldoc" (buffer-name buffer))
                                   (string-search "Owns the basket, payment, tax"
                                                  (client-text buffer))))
                            (buffer-list))))
  ;; With it the name lights up wherever it stands in this file.
  (client-until "two highlights"
                (lambda ()
                  (let ((lit (seq-filter (lambda (overlay)
                                           (eq (overlay-get overlay 'face)
                                               'eglot-highlight-symbol-face))
                                         (overlays-in (point-min) (point-max)))))
                    (and (= (length lit) 2)
                         (seq-every-p (lambda (overlay)
                                        (equal (buffer-substring-no-properties
                                                (overlay-start overlay) (overlay-end overlay))
                                               "checkout-engineer"))
                                      lit))))))

(client-test "go to definition leads into the file of another agent" ("definition")
  (client-open (concat client-agents "shop-lead.md"))
  (client-find "accessibility-auditor")
  (call-interactively #'xref-find-definitions)
  (client-expect "the place" (client-place)
                 (list (concat client-agents "quality/accessibility-auditor.md") 2
                       "accessibility-auditor"))
  (client-open (concat client-agents "checkout-engineer.md"))
  (client-find "core/specialist")
  (call-interactively #'xref-find-definitions)
  (client-expect "the place" (client-place) '("core/templates/specialist.md" 2 "specialist")))

(client-test "references are listed from every file" ("references")
  (client-open (concat client-agents "shop-lead.md"))
  (client-find "support-writer")
  (call-interactively #'xref-find-references)
  (client-until-text "*xref*"
                     "checkout-engineer.md" "31: | `support-writer` | a price or a fee changes |"
                     "release-manager.md" "22: | `support-writer` | customers have noticed |"
                     "shop-lead.md" "24: | `support-writer` | customers must be told about it |"
                     "support-writer.md" "2: name: support-writer"))

(client-test "go to implementation leads to what extends an agent" ("implementation")
  (client-open "core/base.md")
  (client-find "base")
  (call-interactively #'eglot-find-implementation)
  (client-until-text "*xref*" "specialist.md" "2: name: specialist"))

(client-test "a rename changes every mention in open and closed files" ("rename")
  (client-open (concat client-agents "release-manager.md"))
  (goto-char (point-max))
  (client-type "\nNot saved: ask support-writer.\n")
  (client-open (concat client-agents "shop-lead.md"))
  (client-find "support-writer")
  (let ((before (client-team-texts)))
    (push '("Server wants to edit" . t) client-answers)
    (eglot-rename "care-writer")
    (save-some-buffers t)
    ;; Eglot 1.9 renames no files: the name and the file are two things then.
    (client-expect "the team" (client-team-texts)
                   (mapcar (lambda (file)
                             (cons (car file)
                                   (string-replace "support-writer" "care-writer"
                                                   (if (string-suffix-p "release-manager.md"
                                                                        (car file))
                                                       (concat (cdr file)
                                                               "\nNot saved: ask support-writer.\n")
                                                     (cdr file)))))
                           before))))

(defun client-team-texts ()
  "The files of the team on disk, as (PATH . TEXT)."
  (mapcar (lambda (path)
            (let ((path (file-relative-name path client-team)))
              (cons path (client-disk path))))
          (directory-files-recursively client-team "\\.md\\'")))

(client-test "a quick fix removes the tool that is gone" ("quick-fix")
  (client-open (concat client-agents "storefront-developer.md"))
  (client-until-shown '(4 "MultiEdit" "removed-tool" eglot-warning))
  (client-find "MultiEdit")
  (push '("Pick an action" . "Remove `MultiEdit`") client-answers)
  (call-interactively #'eglot-code-actions)
  (client-expect "the line" (client-line) "tools: Read, Grep, Glob, Edit, Bash")
  (client-told)
  (client-until-shown))

(client-test "everything that has one right answer is mended at once" ("fix-all")
  (client-open (concat client-agents "support-writer.md"))
  (client-until-shown '(4 "allowedTools" "misspelled-key" eglot-warning))
  (agentls-fix-all)
  (client-expect "the line" (client-line 4) "tools: Read, Grep, Glob")
  (client-told)
  (client-until-shown))

(client-test "the page of a rule opens beside the text, from the menu and by a command" ("explain")
  (client-open (concat client-agents "support-writer.md"))
  (client-until-shown '(4 "allowedTools" "misspelled-key" eglot-warning))
  (client-find "allowedTools")
  (push '("Pick an action" . "Explain misspelled-key") client-answers)
  (call-interactively #'eglot-code-actions)
  (client-until-text "*agentls rule*" "# misspelled-key" "## Why")
  (kill-buffer "*agentls rule*")
  (push '("Explain rule (default misspelled-key)" . "misspelled-key") client-answers)
  (call-interactively #'agentls-explain-rule)
  (client-until-text "*agentls rule*" "# misspelled-key" "## Why")
  (unless (get-buffer-window "*agentls rule*") (error "The page is not shown")))

(client-test "the outline is the index of imenu" ("outline")
  (client-open (concat client-agents "shop-lead.md"))
  (let ((index (format "%S" (imenu--make-index-alist t))))
    (dolist (name '("description" "Shop lead" "How to plan" "Delegate To" "support-writer"))
      (unless (string-search (format "%S" name) index)
        (error "No %S in %s" name index)))))

(client-test "an agent of the workspace is found by some of its letters" ("workspace-symbols")
  (client-open (concat client-agents "shop-lead.md"))
  (xref-find-apropos "stofront")
  (client-until-text "*xref*" "storefront-developer.md" "2: name: storefront-developer"))

(client-test "formatting aligns a table by what it shows" ("format")
  (client-open (concat client-agents "shop-lead.md"))
  (goto-char (point-max))
  (client-type "\n| 名前 | b |\n|-|-|\n| x | 😀 |\n")
  (eglot-format-buffer)
  (goto-char (point-max))
  (forward-line -3)
  (client-expect "the table" (buffer-substring-no-properties (point) (point-max))
                 "| 名前 | b   |\n| ---- | --- |\n| x    | 😀  |\n"))

(client-test "an agent that another program makes is noticed" ("watched-files")
  (client-open (concat client-agents "release-manager.md"))
  (client-until-shown '(20 "checkout-enginer" "unknown-agent" eglot-warning))
  (client-until "watched folders"
                (lambda ()
                  (not (hash-table-empty-p
                        (eglot--file-watches (eglot-current-server))))))
  (call-process "sh" nil nil nil "-c"
                (concat "printf -- '---\\nname: checkout-enginer\\ndescription: New.\\n---\\n\\n"
                        "Hello.\\n' > \"$0\"")
                (concat client-team client-agents "checkout-enginer.md"))
  (client-until-shown))

(client-test "the status of a file is told" ("status")
  (client-open (concat client-agents "release-manager.md"))
  (client-until-shown '(20 "checkout-enginer" "unknown-agent" eglot-warning))
  (client-expect "the message" (agentls-status) "Claude Code, agent, loads, 1 warning"))

(client-test "a new agent is made from a name and a place" ("new-agent")
  (client-open (concat client-agents "shop-lead.md"))
  (push '("Name of the new agent" . "tea-taster") client-answers)
  (push '("Folder" . ".claude/agents (Claude Code)") client-answers)
  (call-interactively #'agentls-new-agent)
  (client-expect "the file" (file-relative-name buffer-file-name client-team)
                 (concat client-agents "tea-taster.md"))
  (client-expect "the second line" (client-line 2) "name: tea-taster")
  (client-expect "the region is the description"
                 (list (line-number-at-pos (region-beginning))
                       (buffer-substring-no-properties
                        (region-beginning) (line-end-position)))
                 (list 3 (buffer-substring-no-properties (region-beginning) (region-end))))
  (delete-region (region-beginning) (region-end))
  (insert "Tastes the teas.")
  (save-buffer)
  (unless (string-search "description: Tastes the teas.\n"
                         (client-disk (concat client-agents "tea-taster.md")))
    (error "Not saved"))
  ;; And it is one of the team.
  (client-open (concat client-agents "release-manager.md"))
  (goto-char (point-max))
  (client-type "| tea-t")
  (client-until "the new agent among the names"
                (lambda () (assoc "tea-taster" (client-offered)))))

(client-test "a new agent that is asked for twice is still as it was typed" ("new-agent")
  (client-open (concat client-agents "shop-lead.md"))
  (push '("Name of the new agent" . "tea-mixer") client-answers)
  (push '("Folder" . ".claude/agents (Claude Code)") client-answers)
  (call-interactively #'agentls-new-agent)
  (delete-region (region-beginning) (region-end))
  (client-type "Mixes the teas.")
  (let ((typed (client-text (current-buffer))))
    (client-expect "the third line" (client-line 3) "description: Mixes the teas.")
    (call-interactively #'agentls-new-agent)
    (client-expect "the file" (file-relative-name buffer-file-name client-team)
                   (concat client-agents "tea-mixer.md"))
    (client-expect "the text" (client-text (current-buffer)) typed)))

(client-test "the graph of the team opens as a page, with what is not saved" ("graph")
  (client-open (concat client-agents "shop-lead.md"))
  (client-find "| `support-writer`")
  (end-of-line)
  (client-type "\n| `ghost-writer` | a book is due |")
  (let* (opened
         (browse-url-browser-function (lambda (url &rest _) (setq opened url))))
    (call-interactively #'agentls-graph)
    (unless opened (error "No page opens"))
    (let ((page (with-temp-buffer
                  (insert-file-contents (eglot--uri-to-path opened))
                  (buffer-string))))
      (delete-file (eglot--uri-to-path opened))
      (dolist (part '("<!doctype html" "storefront-developer" "ghost-writer"))
        (unless (string-search part page) (error "No %S in the page" part)))
      (when (string-search "{{nonce}}" page) (error "A place for a nonce is left")))))

;; The run.

(defun client-dump (folder problem)
  "Leave in FOLDER the PROBLEM and every buffer that a person could look at."
  (make-directory folder t)
  ;; A coding system that holds everything: a batch can answer no question.
  (let ((coding-system-for-write 'utf-8-emacs))
    (with-temp-file (expand-file-name "problem.txt" folder) (insert problem "\n"))
    (dolist (buffer (buffer-list))
      (let ((name (replace-regexp-in-string "[^[:alnum:].*-]" "_" (buffer-name buffer)))
            (text (client-text buffer)))
        (unless (string-prefix-p " " (buffer-name buffer))
          (with-temp-file (expand-file-name (concat name ".txt") folder) (insert text)))))))

(defun client-leave ()
  "End all sessions and forget all buffers."
  (let ((inhibit-message t))
    (dolist (server (apply #'append (hash-table-values eglot--servers-by-project)))
      (ignore-errors (eglot-shutdown server nil 10)))
    (dolist (buffer (buffer-list))
      (unless (string-match-p "\\`\\( \\|\\*Messages\\*\\|\\*scratch\\*\\)" (buffer-name buffer))
        (with-current-buffer buffer (set-buffer-modified-p nil))
        (kill-buffer buffer))))
  (setq client-answers nil))

(defun client-attempt (test)
  "Run TEST; the problem in words, or nothing."
  (let ((debug-on-error nil))
    (condition-case problem
        (cl-letf (((symbol-function 'y-or-n-p) #'client-answer)
                  ((symbol-function 'read-string)
                   (lambda (prompt &rest _) (client-answer prompt)))
                  ((symbol-function 'completing-read)
                   (lambda (prompt &rest _) (client-answer prompt))))
          (let ((inhibit-message t))
            (with-timeout (client-test-seconds
                           (error "Not over within %d s" client-test-seconds))
              (funcall (nth 2 test))))
          nil)
      (error (error-message-string problem)))))

(defun client-run (root work part)
  "Run the tests of the repository ROOT that have PART in their names, in WORK.
Write what works, and leave Emacs."
  (setq vc-handled-backends nil
        make-backup-files nil
        create-lockfiles nil
        auto-save-default nil
        eglot-sync-connect client-wait-seconds
        eglot-autoshutdown nil
        flymake-no-changes-timeout 0.1
        ;; Commands come from keys: menus are asked in words.
        last-nonmenu-event ?x)
  (agentls-setup)
  (add-hook 'markdown-mode-hook #'eglot-ensure)
  (let* ((target (expand-file-name "target/editors/" root))
         (report (expand-file-name "emacs.json" target))
         (dumps (expand-file-name "emacs/" target))
         (count 0) works fails (failed 0))
    (make-directory target t)
    (delete-directory dumps t)
    (when (and (string-empty-p part) (file-exists-p report)) (delete-file report))
    (dolist (test (reverse client-tests))
      (when (string-search part (car test))
        (setq count (1+ count)
              client-team (format "%s/team-%d/" work count))
        (copy-directory (expand-file-name "examples" root) client-team nil nil t)
        (let ((problem (client-attempt test)))
          (princ (format "%s %s\n" (if problem "FAIL" "ok  ") (car test)))
          (dolist (feature (nth 1 test))
            (if problem (push feature fails) (push feature works)))
          (when problem
            (setq failed (1+ failed))
            (let ((folder (expand-file-name (format "%d/" count) dumps)))
              (client-dump folder problem)
              (princ (format "       %s\n       see %s\n"
                             (replace-regexp-in-string "\n" "\n       " problem) folder))))
          (client-leave))))
    (when (string-empty-p part)
      (setq fails (delete-dups (sort fails #'string<))
            works (seq-difference (delete-dups (sort works #'string<)) fails))
      (with-temp-file report
        (let ((json-encoding-pretty-print t))
          (insert (json-encode `((editor . "Emacs")
                                 (version . ,(format "%s, Eglot %s" emacs-version
                                                     (client-eglot-version)))
                                 (works . ,(vconcat works))
                                 (fails . ,(vconcat fails))
                                 (lacks . ,client-lacks)))
                  "\n"))))
    (princ (format "%d of %d passed\n" (- count failed) count))
    (kill-emacs (if (zerop failed) 0 1))))

(defun client-eglot-version ()
  "The version of Eglot."
  (with-temp-buffer
    (insert-file-contents (locate-library "eglot.el" t))
    (search-forward ";; Version: ")
    (buffer-substring (point) (line-end-position))))

;;; client.el ends here

# agentls in Kakoune, by kakoune-lsp. Copy into your kakrc.

eval %sh{kak-lsp}

hook -group lsp-filetype-markdown global BufSetOption filetype=markdown %{
    set-option buffer lsp_servers %{
        [agentls]
        args = ["server"]
        root_globs = [".agentls.yaml", ".claude", ".github", ".opencode", ".gemini", ".cursor", ".git"]
        settings_section = "agentls"
        # Options as in the README of agentls:
        [agentls.settings.agentls]
        # diagnostics = { workspace = true }

        # With marksman beside it, which knows headings and wiki links:
        # [marksman]
        # root_globs = [".marksman.toml", ".git"]
        # args = ["server"]
    }
}

hook global WinSetOption filetype=markdown %{
    lsp-enable-window
    lsp-inlay-hints-enable window
    lsp-auto-hover-enable
}

map global user l ':enter-user-mode lsp<ret>' -docstring 'language server'

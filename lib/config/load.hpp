#pragma once

#include "config/environment.hpp"
#include "core/config.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tunnelkeyd::config {

/// Either a value, or errors. Each message is one line, with no secret in it even if somebody wrote one into
/// the file: `config.yaml:12:7: tunnels[0].schedule.evry: unknown key; did you mean "every"?`
struct load_result {
    std::optional<core::config> value;  ///< only without errors
    std::vector<std::string> errors;    ///< all at once, by their place; the first hundred and a count
    std::vector<std::string> warnings;  ///< what is taken, and may surprise
};

/// Reads and checks a configuration as the documentation describes it. Every default is filled in.
///
/// $STATE_DIRECTORY, where it is set, wins over `state.directory` (of several directories the first counts,
/// systemd.exec(5), StateDirectory=), with a warning if the file says otherwise; so does $RUNTIME_DIRECTORY,
/// with
/// "/control.sock" behind it, over `control.socket`. Secrets are not read.
///
/// `name` stands for the file in messages. Throws nothing but std::bad_alloc. Not bound to a thread.
load_result load_text(std::string_view text, std::string_view name, const environment& lookup);

/// The same for a regular file of at most 64 MiB. Blocks for as long as reading and parsing take.
load_result load_file(const std::filesystem::path& file, const environment& lookup);

/// Whether this file could say where `control.socket` is: it has the word, or cannot be read. Takes far less
/// time than load_file().
bool may_name_control_socket(const std::filesystem::path& file);

}  // namespace tunnelkeyd::config

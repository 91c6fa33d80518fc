#include "config/read_directories.hpp"

#include "config/read_tunnel.hpp"
#include "config/read_values.hpp"

#include <string_view>

namespace tunnelkeyd::config {

namespace {

constexpr const char* default_directory = "/var/lib/tunnelkeyd";
constexpr const char* default_socket = "/run/tunnelkeyd/control.sock";
constexpr std::string_view socket_name = "/control.sock";
constexpr std::size_t longest_socket = 107;  // bytes, as the kernel has it: sockaddr_un, and a zero behind it

void read_socket(const field& from, std::string& into) {
    std::string path;
    if (!read_path(from, path))
        return;
    if (path.size() > longest_socket)
        from.error("is too long: a socket's path has at most " + std::to_string(longest_socket) +
                   " bytes; choose a directory with a shorter path");
    else
        into = std::move(path);
}

}  // namespace

/// "" where the variable is not set, or is no directory, which is reported. Of several the first counts.
std::string directories_reader::directory_in(const char* variable) const {
    const char* value = lookup_(variable);
    if (value == nullptr || *value == '\0')
        return {};
    const std::string_view all = value;
    std::string first(all.substr(0, all.find(':')));
    if (first.starts_with('/'))
        return first;
    top_.errors->add({}, "$" + std::string(variable) + " must be an absolute path: /...");
    return {};
}

void directories_reader::warn_unless_same(const std::optional<field>& written, const std::string& path,
                                          const std::string& instead, const char* variable) const {
    if (written && path != instead)
        warnings_.add(written->value->where, written->at,
                      "not used, as $" + std::string(variable) + " says " + shown(instead));
}

void directories_reader::read_state(const std::optional<field>& from, core::state_settings& into) const {
    into.directory = default_directory;
    std::optional<field> directory;
    std::optional<mapping> map;
    if (from) {
        map.emplace(*from);
        directory = map->find("directory");
        if (directory)
            read_path(*directory, into.directory);
        if (const auto key = map->find("sealing_key")) {
            core::secret_reference reference;
            if (read(*key, reference))
                into.sealing_key = std::move(reference);
        }
        map->finish();
    }
    if (auto given = directory_in("STATE_DIRECTORY"); !given.empty()) {
        warn_unless_same(directory, into.directory, given, "STATE_DIRECTORY");
        into.directory = std::move(given);
    }
}

void directories_reader::read_control(const std::optional<field>& from, core::control_settings& into) const {
    into.socket = default_socket;
    std::optional<field> socket;
    std::optional<mapping> map;
    if (from) {
        map.emplace(*from);
        socket = map->find("socket");
        if (socket)
            read_socket(*socket, into.socket);
        map->finish();
    }
    constexpr const char* variable = "RUNTIME_DIRECTORY";
    auto given = directory_in(variable);
    if (given.empty())
        return;
    given += socket_name;
    if (given.size() > longest_socket) {
        top_.errors->add({}, "$RUNTIME_DIRECTORY is too long: the path of a socket in it has at most " +
                                 std::to_string(longest_socket) + " bytes, \"" + std::string(socket_name) +
                                 "\" included; choose another directory");
        return;
    }
    warn_unless_same(socket, into.socket, given, variable);
    into.socket = std::move(given);
}

}  // namespace tunnelkeyd::config

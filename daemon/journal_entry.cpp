#include "daemon/journal_entry.hpp"

#include "daemon/log_lines.hpp"

#include <sys/stat.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION  // or each entry would name a line of this file
#include <systemd/sd-journal.h>

#include <algorithm>
#include <iterator>

namespace tunnelkeyd::daemon {

namespace {

constexpr std::size_t longest_name = 64;  // the journal's limit

/// Upper-case letters, digits and underscores, a letter first: the journal keeps the others for itself.
std::string field_name(std::string_view key) {
    constexpr std::string_view taken[] = {"MESSAGE", "PRIORITY", "SYSLOG_IDENTIFIER", "EVENT", "TUNNEL"};
    std::string name;
    for (const char c : key.substr(0, longest_name)) {
        if (c >= 'a' && c <= 'z')
            name += static_cast<char>(c - 'a' + 'A');
        else
            name += (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_';
    }
    const bool letter_first = !name.empty() && name.front() >= 'A' && name.front() <= 'Z';
    if (!letter_first || std::find(std::begin(taken), std::end(taken), name) != std::end(taken))
        name = ("FIELD_" + name).substr(0, longest_name);
    return name;
}

}  // namespace

int journal_priority(core::log_level level) {
    switch (level) {
    case core::log_level::error:
        return 3;
    case core::log_level::warn:
        return 4;
    case core::log_level::info:
        return 6;
    case core::log_level::debug:
    case core::log_level::trace:
        break;
    }
    return 7;
}

std::vector<std::string> journal_fields(std::string_view tunnel, const core::notice& event) {
    std::vector<std::string> fields;
    fields.reserve(5 + event.fields.size());
    fields.push_back("MESSAGE=" + headline(tunnel, event));
    fields.push_back("PRIORITY=" + std::to_string(journal_priority(event.level)));
    fields.emplace_back("SYSLOG_IDENTIFIER=tunnelkeyd");
    fields.push_back("EVENT=" + std::string(event.name));
    if (!tunnel.empty())
        fields.push_back("TUNNEL=" + std::string(tunnel));
    for (const auto& [key, value] : event.fields)
        fields.push_back(field_name(key) + "=" + value);
    return fields;
}

bool send_to_journal(const std::vector<std::string>& fields) {
    // libsystemd takes a socket that is not there for success.
    if (::access("/run/systemd/journal/socket", F_OK) != 0)
        return false;
    std::vector<iovec> parts;
    parts.reserve(fields.size());
    for (const auto& field : fields)
        parts.push_back({const_cast<char*>(field.data()), field.size()});  // it is only read
    return ::sd_journal_sendv(parts.data(), static_cast<int>(parts.size())) >= 0;
}

bool is_journal(const char* journal_stream, int descriptor) {
    struct stat status {};
    return journal_stream != nullptr && ::fstat(descriptor, &status) == 0 &&
           journal_stream == std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

}  // namespace tunnelkeyd::daemon

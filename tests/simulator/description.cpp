#include "simulator/description.hpp"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace tunnelkeyd::simulator {

namespace {

using nlohmann::ordered_json;

ordered_json describe(const tunnel& at) {
    return {{"name", at.name},         {"organization", at.organization},
            {"hostname", at.hostname}, {"instance_url", at.instance_url},
            {"token", at.token},       {"basic", {{"username", at.username}, {"password", at.password}}}};
}

[[noreturn]] void fail(const std::filesystem::path& path) {
    throw std::system_error(errno, std::generic_category(), path.string());
}

}  // namespace

std::string describe(const truth& all, const addresses& at) {
    ordered_json made;
    made["cloud_url"] = at.cloud_url;
    made["instance_urls"] = ordered_json::array();
    made["control_url"] = at.control_url;
    made["ca_file"] = at.ca_file.string();
    for (const auto& [name, port] : at.bad_tls)
        made["bad_tls"][name] = port;
    for (const auto& each : all.organizations())
        made["organizations"].push_back({{"name", each.name}, {"id", each.id}, {"api_key", each.api_key}});
    made["tunnels"] = ordered_json::array();
    for (const auto& each : all.tunnels()) {
        made["instance_urls"].push_back(each.instance_url);
        made["tunnels"].push_back(describe(each));
    }
    return made.dump(2) + "\n";
}

void make_private_directory(const std::filesystem::path& path) {
    std::filesystem::create_directories(path);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
}

void write_file(const std::filesystem::path& path, const std::string& content, unsigned mode) {
    auto temporary = path;
    temporary += ".new";
    const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (file < 0)
        fail(temporary);
    std::size_t written = 0;
    bool good = ::fchmod(file, mode) == 0;
    while (good && written < content.size()) {
        const auto count = ::write(file, content.data() + written, content.size() - written);
        good = count > 0;
        written += good ? static_cast<std::size_t>(count) : 0;
    }
    ::close(file);
    if (!good || ::rename(temporary.c_str(), path.c_str()) != 0)
        fail(path);
}

}  // namespace tunnelkeyd::simulator

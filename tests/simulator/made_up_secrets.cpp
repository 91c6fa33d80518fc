#include "simulator/made_up_secrets.hpp"

#include "simulator/description.hpp"
#include "simulator/random_text.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace tunnelkeyd::simulator {

namespace {

/// `/etc/tunnelkeyd/secrets/jira-pat` and `jira-pat` are both called jira-pat.
std::string name_of(const std::string& value) {
    constexpr std::size_t longest = 100;
    auto name = value.substr(value.rfind('/') + 1, longest);
    std::ranges::replace_if(
        name, [](unsigned char c) { return std::isalnum(c) == 0 && c != '-' && c != '_' && c != '.'; }, '_');
    return name.empty() || name.front() == '.' ? "secret" + name : name;
}

}  // namespace

made_up_secrets::made_up_secrets(std::filesystem::path directory) : directory_(std::move(directory)) {
}

std::string made_up_secrets::stand_in(const std::string& kind, const std::string& value) {
    const auto [found, is_new] = files_.try_emplace({kind, value});
    if (is_new) {
        found->second = unused_file(name_of(value));
        const auto secret = random_token(24);
        write_file(found->second, secret + "\n", 0600);
        secrets_.emplace(found->second, secret);
    }
    return found->second;
}

std::string made_up_secrets::unused_file(const std::string& name) const {
    std::string file = directory_ / name;
    for (unsigned count = 2; secrets_.contains(file); ++count)
        file = directory_ / (name + "-" + std::to_string(count));
    return file;
}

}  // namespace tunnelkeyd::simulator

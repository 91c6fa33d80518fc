#pragma once

#include "core/time.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

/// What is really the case: who holds which key. A pure model; time and randomness are handed in.
namespace tunnelkeyd::simulator {

/// What `/status` of an instance says. It changes nothing else: an instance in MAINTENANCE still takes a key.
enum class instance_state { running, starting, stopping, first_run, maintenance, error };
std::string_view to_string(instance_state state);

/// Throws std::invalid_argument for a text that is no state.
instance_state parse_instance_state(std::string_view text);

/// What `whoami` of an instance says.
enum class whoami_answer {
    user,       ///< the user's name to whoever logs in, an empty body to anybody else
    stranger,   ///< an empty body to everybody
    not_found,  ///< 404
};

struct key_change {
    core::wall_time at;
    bool at_cloud = false;
    std::string key;
};

struct organization {
    std::string name;
    std::string id;
    std::string api_key;
    unsigned request_limit = 0;  ///< within any `request_window`; 0: none
    core::duration request_window{std::chrono::minutes(1)};

    std::deque<core::wall_time> admitted = {};  ///< requests within the last window
    std::uint64_t turned_away = 0;              ///< by the limit
};

struct tunnel {
    std::string name;  ///< also the first part of the instance's path
    std::string organization;
    std::string id;
    std::string hostname;
    std::string context;  ///< of the instance's path, what follows: "", or "/jira"
    std::string instance_url;
    std::string on_premise_url;  ///< what the cloud says the instance's URL is
    std::string token;
    std::string username;
    std::string password;

    instance_state state = instance_state::running;
    whoami_answer whoami = whoami_answer::user;
    std::optional<std::string> install_reply_name;  ///< a valid JSON reply with this name; nothing: the sample

    std::string cloud_key;
    std::string instance_key;
    std::uint64_t regenerates = 0;   ///< that took effect
    std::uint64_t installs = 0;      ///< that took effect
    std::deque<key_change> changes;  ///< the last 1,000
    std::optional<core::wall_time> out_of_step_since;
    core::duration out_of_step_before{0};  ///< the sum of the times that are over

    [[nodiscard]] bool in_step() const { return cloud_key == instance_key; }
    [[nodiscard]] core::duration out_of_step_total(core::wall_time now) const;
};

/// All organizations and tunnels. References to them stay valid: nothing is ever removed. Not synchronized.
class truth {
public:
    /// `make_key` is asked for each new security key.
    explicit truth(std::function<std::string()> make_key);

    organization& add(organization added);

    /// The tunnel starts in step, with a key of its own.
    tunnel& add(tunnel added);

    [[nodiscard]] organization* find_organization(std::string_view name);
    [[nodiscard]] organization* find_organization_by_id(std::string_view id);
    [[nodiscard]] organization* find_organization_by_api_key(std::string_view api_key);
    [[nodiscard]] tunnel* find_tunnel(std::string_view name);
    /// The organization's name.
    [[nodiscard]] tunnel* find_tunnel_by_hostname(std::string_view organization, std::string_view hostname);

    [[nodiscard]] const std::deque<organization>& organizations() const { return organizations_; }
    [[nodiscard]] const std::deque<tunnel>& tunnels() const { return tunnels_; }

    /// Makes a new key, which kills the old one.
    void regenerate(tunnel& at, core::wall_time now);

    /// Gives the instance a key: any key, as the products do.
    void install(tunnel& at, std::string key, core::wall_time now);

    /// Counts one request. Nothing when it may pass, else the time until one may.
    [[nodiscard]] static std::optional<core::duration> admit(organization& from, core::wall_time now);

private:
    static void note_change(tunnel& at, bool at_cloud, core::wall_time now);

    std::function<std::string()> make_key_;
    std::deque<organization> organizations_;
    std::deque<tunnel> tunnels_;
    std::unordered_map<std::string, tunnel*> by_name_;
    std::unordered_map<std::string, tunnel*> by_hostname_;  ///< behind its organization's name and a slash
};

}  // namespace tunnelkeyd::simulator

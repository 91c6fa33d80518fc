#include "simulator/copy_configuration.hpp"

#include "simulator/yaml_copy.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <unordered_map>
#include <vector>

namespace tunnelkeyd::simulator {

namespace {

constexpr const char* headline =
    "# A copy for rehearsing, made by tunnelkeyd-simulator: its peers are simulated, its secrets made up.\n"
    "# Each start of the simulator writes it anew.\n";

class copier {
public:
    copier(const core::config& real, const copy_aim& aim, made_up_secrets& secrets)
        : real_(real), aim_(aim), secrets_(secrets) {
        for (const auto& each : real.tunnels)
            simulated_.emplace(each.instance.url.text(), simulated_url(each));
    }

    void change(YAML::Node top) {
        top["state"]["directory"] = (aim_.directory / "state").string();
        top["state"].remove("sealing_key");  // one is made in the directory
        top["control"]["socket"] = (aim_.directory / "control.sock").string();
        if (!aim_.health_listen.empty())
            top["health"]["listen"] = aim_.health_listen;
        top["cloud"]["url"] = aim_.at.cloud_url;
        top["cloud"]["proxy"] = "none";  // all is on this machine
        trust_simulator(top["cloud"]["tls"]);
        auto common = top["defaults"]["instance"];
        common.remove("proxy");
        common.remove("on_premise_url");
        trust_simulator(common["tls"]);
        for (std::size_t i = 0; i < real_.tunnels.size(); ++i)
            change_instance(top["tunnels"][i]["instance"], real_.tunnels[i]);
        replace_secrets(top);
    }

private:
    [[nodiscard]] std::string simulated_url(const core::tunnel& at) const {
        return aim_.at.instances_url + "/" + at.name + at.instance.url.path;
    }

    void change_instance(YAML::Node instance, const core::tunnel& at) const {
        instance["url"] = simulated_url(at);
        if (const auto& expected = at.instance.on_premise_url) {
            const auto named = simulated_.find(expected->text());
            instance["on_premise_url"] = named == simulated_.end() ? simulated_url(at) : named->second;
        }
        instance.remove("proxy");
        if (instance["tls"])
            trust_simulator(instance["tls"]);
    }

    /// A client's certificate and key are files, too: neither is to be read.
    void trust_simulator(YAML::Node tls) const {
        std::vector<std::string> gone = {"server_name", "client_key_password"};
        for (const auto& each : tls)
            if (each.second.IsScalar() && each.second.Scalar().starts_with('/'))
                gone.push_back(each.first.Scalar());
        for (const auto& key : gone)
            tls.remove(key);
        tls["ca_file"] = aim_.at.ca_file.string();
    }

    void replace_secrets(YAML::Node at) {
        if (at.IsMap() && at.size() == 1 && at.begin()->second.IsScalar()) {
            const auto kind = at.begin()->first.Scalar();
            if (kind == "file" || kind == "credential" || kind == "env") {
                const auto file = secrets_.stand_in(kind, at.begin()->second.Scalar());
                at.remove(kind);
                at["file"] = file;
                return;
            }
        }
        for (auto each : at)
            if (at.IsMap())
                replace_secrets(each.second);
            else
                replace_secrets(each);
    }

    const core::config& real_;
    const copy_aim& aim_;
    made_up_secrets& secrets_;
    std::unordered_map<std::string, std::string> simulated_;  ///< by the real URL
};

}  // namespace

std::string copy_configuration(std::string_view text, const core::config& real, const copy_aim& aim,
                               made_up_secrets& secrets) {
    const auto document = read_yaml(text);
    copier(real, aim, secrets).change(document);
    return headline + write_yaml(document);
}

}  // namespace tunnelkeyd::simulator

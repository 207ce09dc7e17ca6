"""Holds the CloudFormation template against Amazon's reference and the settings of the program. Run by ./dev test-deploy."""

import ipaddress
import re

import pytest
import yaml

from manifests import DEPLOY, check_grace, check_settings, image_environment, image_user, routes

TEMPLATE = DEPLOY / "aws/cloudformation.yaml"

# Of each type: the properties that Amazon's reference requires or that this template cannot do without, and the
# attributes that !GetAtt may ask for.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/ has a page for each.
TYPES = {
    "AWS::ApplicationAutoScaling::ScalableTarget": (
        {"MaxCapacity", "MinCapacity", "ResourceId", "ScalableDimension", "ServiceNamespace"}, set()),
    "AWS::ApplicationAutoScaling::ScalingPolicy": (
        {"PolicyName", "PolicyType", "ScalingTargetId", "TargetTrackingScalingPolicyConfiguration"}, set()),
    "AWS::CloudFront::Distribution": ({"DistributionConfig"}, {"DomainName"}),
    "AWS::CloudWatch::Alarm": (
        {"ComparisonOperator", "EvaluationPeriods", "Threshold", "Period", "Namespace", "MetricName", "AlarmActions"},
        {"Arn"}),
    "AWS::EC2::InternetGateway": (set(), set()),
    "AWS::EC2::Route": ({"RouteTableId", "DestinationCidrBlock", "GatewayId"}, set()),
    "AWS::EC2::RouteTable": ({"VpcId"}, set()),
    "AWS::EC2::SecurityGroup": ({"GroupDescription", "VpcId"}, {"GroupId"}),
    "AWS::EC2::Subnet": ({"VpcId", "CidrBlock", "AvailabilityZone"}, set()),
    "AWS::EC2::SubnetRouteTableAssociation": ({"RouteTableId", "SubnetId"}, set()),
    "AWS::EC2::VPC": ({"CidrBlock"}, set()),
    "AWS::EC2::VPCEndpoint": ({"ServiceName", "VpcId"}, set()),
    "AWS::EC2::VPCGatewayAttachment": ({"VpcId", "InternetGatewayId"}, set()),
    "AWS::ECS::Cluster": (set(), {"Arn"}),
    "AWS::ECS::Service": ({"Cluster", "TaskDefinition", "LaunchType", "NetworkConfiguration"}, {"Name"}),
    "AWS::ECS::TaskDefinition": (
        {"ContainerDefinitions", "Cpu", "Memory", "NetworkMode", "RequiresCompatibilities", "ExecutionRoleArn"}, set()),
    "AWS::ElasticLoadBalancingV2::Listener": ({"DefaultActions", "LoadBalancerArn", "Port", "Protocol"}, set()),
    "AWS::ElasticLoadBalancingV2::ListenerRule": ({"Actions", "Conditions", "Priority", "ListenerArn"}, set()),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (
        {"Subnets", "SecurityGroups"}, {"DNSName", "LoadBalancerFullName"}),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (
        {"Port", "Protocol", "VpcId", "TargetType", "HealthCheckPath"}, {"TargetGroupFullName"}),
    "AWS::IAM::Role": ({"AssumeRolePolicyDocument"}, {"Arn"}),
    "AWS::Logs::LogGroup": ({"RetentionInDays"}, set()),
    "AWS::RDS::DBInstance": ({"DBInstanceClass"}, {"Endpoint.Address", "Endpoint.Port"}),
    "AWS::RDS::DBParameterGroup": ({"Description", "Family"}, set()),
    "AWS::RDS::DBSubnetGroup": ({"DBSubnetGroupDescription", "SubnetIds"}, set()),
    "AWS::S3::Bucket": ({"PublicAccessBlockConfiguration", "BucketEncryption"}, {"Arn"}),
    "AWS::S3::BucketPolicy": ({"Bucket", "PolicyDocument"}, set()),
    "AWS::SNS::Topic": ({"Subscription"}, set()),
    "AWS::SecretsManager::Secret": ({"GenerateSecretString"}, set()),
}
PSEUDO = {"AWS::Region", "AWS::StackName", "AWS::Partition"}
# Variables that libraries of the program read: the password of PostgreSQL, and the folder of temporary files.
OF_LIBRARIES = {"PGPASSWORD", "TMPDIR"}


class Loader(yaml.SafeLoader):
    pass


def tagged(loader, suffix, node):
    """!Ref X is {"Ref": X}, and !Name X is {"Fn::Name": X}."""
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {"Ref" if suffix == "Ref" else f"Fn::{suffix}": value}


Loader.add_multi_constructor("!", tagged)


@pytest.fixture(scope="module")
def template():
    return yaml.load(TEMPLATE.read_text(), Loader)


@pytest.fixture(scope="module")
def resources(template):
    return template["Resources"]


def of_type(resources, kind):
    return {name: resource["Properties"] for name, resource in resources.items() if resource["Type"] == kind}


def functions(value):
    """All functions below a value, as (name, argument)."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "Ref" or key.startswith("Fn::"):
                yield key, inner
            yield from functions(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from functions(inner)


def references(value):
    """The names that a value refers to, with the attribute that it asks for, or None."""
    for name, argument in functions(value):
        if name == "Ref":
            yield argument, None
        elif name == "Fn::GetAtt":
            yield tuple(argument.split(".", 1)) if isinstance(argument, str) else tuple(argument)
        elif name == "Fn::Sub":
            for used in re.findall(r"\$\{([^!}]+)\}", argument if isinstance(argument, str) else argument[0]):
                resource, _, attribute = used.partition(".")
                yield resource, attribute or None


def test_the_template_uses_no_aliases():
    """CloudFormation does not read the aliases of YAML."""
    assert not any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(TEMPLATE.read_text(), Loader))
    # The largest template that is sent by itself.
    assert TEMPLATE.stat().st_size < 51_200


def test_resources_have_what_their_types_require(template, resources):
    assert set(template) <= {"AWSTemplateFormatVersion", "Description", "Parameters", "Mappings", "Resources", "Outputs"}
    assert template["AWSTemplateFormatVersion"] == "2010-09-09"
    for name, resource in resources.items():
        assert re.fullmatch(r"[A-Za-z0-9]+", name)
        assert set(resource) <= {"Type", "Properties", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy"}, name
        required, _ = TYPES[resource["Type"]]
        assert required <= set(resource.get("Properties", {})), name
    assert {resource["Type"] for resource in resources.values()} == set(TYPES)


def test_everything_referred_to_is_declared(template, resources):
    declared = set(resources) | set(template["Parameters"]) | PSEUDO
    for name, attribute in [*references(resources), *references(template["Outputs"])]:
        assert name in declared, name
        if attribute is not None:
            assert attribute in TYPES[resources[name]["Type"]][1], f"{name}.{attribute}"
    for name, resource in resources.items():
        before = resource.get("DependsOn", [])
        for other in [before] if isinstance(before, str) else before:
            assert other in resources and other != name
    for name, argument in functions(resources):
        if name == "Fn::FindInMap":
            mapping, first, second = argument
            assert second in template["Mappings"][mapping][first]
        assert name in {"Ref", "Fn::GetAtt", "Fn::Sub", "Fn::FindInMap", "Fn::Select", "Fn::GetAZs"}


def test_there_is_no_cycle(resources):
    """CloudFormation creates a resource after those that it refers to."""
    def needs(name):
        before = resources[name].get("DependsOn", [])
        return {*([before] if isinstance(before, str) else before), *(used for used, _ in references(resources[name]))} & set(resources)
    done, waiting = set(), set(resources)
    while waiting:
        free = {name for name in waiting if needs(name) <= done}
        assert free, f"a cycle in {sorted(waiting)}"
        done |= free
        waiting -= free


def test_all_parameters_and_resources_are_used(template, resources):
    used = {name for name, _ in [*references(resources), *references(template["Outputs"])]}
    assert set(template["Parameters"]) <= used
    for parameter in template["Parameters"].values():
        assert parameter["Type"] in {"String", "Number"} and parameter["Description"]
    ends = {"AWS::EC2::Route", "AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::VPCGatewayAttachment", "AWS::EC2::VPCEndpoint",
            "AWS::S3::BucketPolicy", "AWS::ElasticLoadBalancingV2::ListenerRule", "AWS::CloudFront::Distribution",
            "AWS::ApplicationAutoScaling::ScalingPolicy", "AWS::CloudWatch::Alarm", "AWS::ElasticLoadBalancingV2::Listener"}
    for name, resource in resources.items():
        assert name in used or resource["Type"] in ends, f"nothing uses {name}"


def test_only_the_edge_reaches_the_load_balancer_and_only_it_the_servers(resources):
    groups = of_type(resources, "AWS::EC2::SecurityGroup")
    sources = {}
    for name, group in groups.items():
        rules = group.get("SecurityGroupIngress", [])
        for rule in rules:
            assert not {"CidrIp", "CidrIpv6"} & set(rule), f"{name} is open to addresses"
            assert rule["FromPort"] == rule["ToPort"]
        sources[name] = [(rule["FromPort"], rule.get("SourcePrefixListId", rule.get("SourceSecurityGroupId"))["Ref"]) for rule in rules]
    metrics = (9100, "MonitoringGroup")
    assert sources == {"LoadBalancerGroup": [(443, "EdgePrefixList")], "ApiGroup": [(8000, "LoadBalancerGroup"), metrics],
                       "WorkerGroup": [metrics], "MonitoringGroup": [], "DatabaseGroup": [(5432, "ApiGroup"), (5432, "WorkerGroup")]}
    for database in of_type(resources, "AWS::RDS::DBInstance").values():
        assert database["PubliclyAccessible"] is False
    assert set(of_type(resources, "AWS::S3::Bucket")["Files"]["PublicAccessBlockConfiguration"].values()) == {True}


def test_subnets_lie_in_the_network_and_apart(template):
    networks = {name: ipaddress.ip_network(cidr) for name, cidr in template["Mappings"]["Network"]["Cidr"].items()}
    whole = networks.pop("All")
    parts = list(networks.values())
    for index, part in enumerate(parts):
        assert part.subnet_of(whole) and not any(part.overlaps(other) for other in parts[index + 1:])


def containers(resources):
    for name, task in of_type(resources, "AWS::ECS::TaskDefinition").items():
        yield name, task, task["ContainerDefinitions"][0]


def test_tasks_have_settings_of_the_program(resources):
    for _, task, container in containers(resources):
        values = {entry["Name"]: entry["Value"] for entry in container["Environment"]}
        assert len(values) == len(container["Environment"])
        plain = {name: value for name, value in values.items() if isinstance(value, str)}
        check_settings(plain, OF_LIBRARIES)
        check_settings({name: "${computed}" for name in values if name not in plain}, OF_LIBRARIES)
        check_settings({secret["Name"]: "${secret}" for secret in container["Secrets"]}, OF_LIBRARIES)
        # Passwords are in secrets alone: the URL names the user only, and libpq adds PGPASSWORD.
        for name in ("DATABASE_URL", "DATABASE_READ_URL"):
            assert re.match(r"postgresql://fit@\$\{\w+\.Endpoint\.Address\}:", values[name]["Fn::Sub"])
        assert values["STORAGE_PATH"] == image_environment()["STORAGE_PATH"]
        mounted = {mount["ContainerPath"] for mount in container["MountPoints"]}
        # Fargate gives a volume the owner that its folder has in the image, where the image declares it.
        assert all(f"VOLUME {path}\n" in (DEPLOY / "Dockerfile").read_text() for path in mounted)
        assert {values["STORAGE_PATH"], values["TMPDIR"]} <= mounted
        assert {mount["SourceVolume"] for mount in container["MountPoints"]} == {volume["Name"] for volume in task["Volumes"]}


def test_tasks_are_confined(resources):
    for name, task, container in containers(resources):
        assert container["User"] == ":".join(map(str, image_user())), name
        assert container["ReadonlyRootFilesystem"] is True and container["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}
        check_grace(container["StopTimeout"])
        # The sizes that Fargate has: 2 to 8 GiB with one CPU, 4 to 16 GiB with two.
        assert int(task["Memory"]) in {"1024": range(2048, 8193, 1024), "2048": range(4096, 16385, 1024)}[task["Cpu"]]
    statements = [statement for role in of_type(resources, "AWS::IAM::Role").values() for policy in role["Policies"]
                  for statement in policy["PolicyDocument"]["Statement"]]
    for statement in statements:
        actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        assert all("*" not in action for action in actions) and statement["Resource"] != "*"


def test_ports_and_health_checks_agree(resources):
    targets = resources["ApiTargets"]["Properties"]
    api = resources["ApiTask"]["Properties"]["ContainerDefinitions"][0]
    port = int(next(entry["Value"] for entry in api["Environment"] if entry["Name"] == "APP_PORT"))
    balancers = resources["ApiService"]["Properties"]["LoadBalancers"]
    rule = resources["ApiGroup"]["Properties"]["SecurityGroupIngress"][0]
    assert {port} == {targets["Port"], balancers[0]["ContainerPort"], rule["FromPort"], api["PortMappings"][0]["ContainerPort"]}
    assert balancers[0]["ContainerName"] == api["Name"]
    assert targets["HealthCheckPath"] == "/ready" and "/ready" in routes()
    # ECS replaces tasks whose target is unhealthy.
    assert targets["UnhealthyThresholdCount"] * targets["HealthCheckIntervalSeconds"] >= 300
    assert api["HealthCheck"]["Command"][-1] == f"http://127.0.0.1:{port}/live" and "/live" in routes()
    # A worker has no API, and all tasks have metrics.
    assert "HealthCheck" not in resources["WorkerTask"]["Properties"]["ContainerDefinitions"][0]
    for _, _, container in containers(resources):
        (metrics,) = [entry["Value"] for entry in container["Environment"] if entry["Name"] == "METRICS_PORT"]
        assert container["PortMappings"][-1]["ContainerPort"] == int(metrics) == 9100
    attributes = {entry["Key"]: entry["Value"] for entry in resources["LoadBalancer"]["Properties"]["LoadBalancerAttributes"]}
    assert int(attributes["idle_timeout.timeout_seconds"]) < 75, "IDLE_TIMEOUT"


def test_alarms_tell_somebody(resources):
    alarms = of_type(resources, "AWS::CloudWatch::Alarm")
    assert len(alarms) >= 6
    for name, alarm in alarms.items():
        assert alarm["AlarmActions"] == [{"Ref": "Alarms"}] and alarm["AlarmDescription"], name
        assert ("Statistic" in alarm) != ("ExtendedStatistic" in alarm), name


def test_what_must_survive_survives_the_stack(resources):
    assert resources["Database"]["DeletionPolicy"] == "Snapshot" and resources["Files"]["DeletionPolicy"] == "Retain"
    database = resources["Database"]["Properties"]
    assert database["BackupRetentionPeriod"] >= 7 and database["MultiAZ"] and database["StorageEncrypted"]
    assert resources["DatabaseReplica"]["Properties"]["SourceDBInstanceIdentifier"] == {"Ref": "Database"}


def test_nothing_caches_what_the_program_did_not_allow(resources):
    edge = resources["Distribution"]["Properties"]["DistributionConfig"]
    caching_disabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert edge["DefaultCacheBehavior"]["CachePolicyId"] == caching_disabled
    assert [behavior["PathPattern"] for behavior in edge["CacheBehaviors"]] == ["/images/*"]
    assert any(path.startswith("/images/") for path in routes())

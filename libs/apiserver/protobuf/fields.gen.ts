// SPDX-License-Identifier: Apache-2.0
// Written by tools/gen_protobuf_fields.ts.

/** One type a line: its name, then `json=number:type` of each field; `~` is inlined, `*` keeps zero values, `[]` is a list, `<>` a map. */
export const protobufFields = `
apps.DaemonSet metadata=1:meta.ObjectMeta spec=2:apps.DaemonSetSpec status=3:apps.DaemonSetStatus
apps.DaemonSetCondition type=1:string status=2:string lastTransitionTime=3:time reason=4:string message=5:string
apps.DaemonSetSpec selector=1:*meta.LabelSelector template=2:core.PodTemplateSpec updateStrategy=3:apps.DaemonSetUpdateStrategy minReadySeconds=4:int revisionHistoryLimit=6:*int
apps.DaemonSetStatus currentNumberScheduled=1:int numberMisscheduled=2:int desiredNumberScheduled=3:int numberReady=4:int observedGeneration=5:int updatedNumberScheduled=6:int numberAvailable=7:int numberUnavailable=8:int collisionCount=9:*int conditions=10:[]apps.DaemonSetCondition
apps.DaemonSetUpdateStrategy type=1:string rollingUpdate=2:*apps.RollingUpdateDaemonSet
apps.Deployment metadata=1:meta.ObjectMeta spec=2:apps.DeploymentSpec status=3:apps.DeploymentStatus
apps.DeploymentCondition type=1:string status=2:string lastUpdateTime=6:time lastTransitionTime=7:time reason=4:string message=5:string
apps.DeploymentSpec replicas=1:*int selector=2:*meta.LabelSelector template=3:core.PodTemplateSpec strategy=4:apps.DeploymentStrategy minReadySeconds=5:int revisionHistoryLimit=6:*int paused=7:bool progressDeadlineSeconds=9:*int
apps.DeploymentStatus observedGeneration=1:int replicas=2:int updatedReplicas=3:int readyReplicas=7:int availableReplicas=4:int unavailableReplicas=5:int terminatingReplicas=9:*int conditions=6:[]apps.DeploymentCondition collisionCount=8:*int
apps.DeploymentStrategy type=1:string rollingUpdate=2:*apps.RollingUpdateDeployment
apps.ReplicaSet metadata=1:meta.ObjectMeta spec=2:apps.ReplicaSetSpec status=3:apps.ReplicaSetStatus
apps.ReplicaSetCondition type=1:string status=2:string lastTransitionTime=3:time reason=4:string message=5:string
apps.ReplicaSetSpec replicas=1:*int minReadySeconds=4:int selector=2:*meta.LabelSelector template=3:core.PodTemplateSpec
apps.ReplicaSetStatus replicas=1:int fullyLabeledReplicas=2:int readyReplicas=4:int availableReplicas=5:int terminatingReplicas=7:*int observedGeneration=3:int conditions=6:[]apps.ReplicaSetCondition
apps.RollingUpdateDaemonSet maxUnavailable=1:*intstr maxSurge=2:*intstr
apps.RollingUpdateDeployment maxUnavailable=1:*intstr maxSurge=2:*intstr
authentication.BoundObjectReference kind=1:string apiVersion=2:string name=3:string uid=4:string
authentication.SelfSubjectReview metadata=1:meta.ObjectMeta status=2:authentication.SelfSubjectReviewStatus
authentication.SelfSubjectReviewStatus userInfo=1:authentication.UserInfo
authentication.TokenRequest metadata=1:meta.ObjectMeta spec=2:authentication.TokenRequestSpec status=3:authentication.TokenRequestStatus
authentication.TokenRequestSpec audiences=1:[]string expirationSeconds=4:*int boundObjectRef=3:*authentication.BoundObjectReference
authentication.TokenRequestStatus token=1:string expirationTimestamp=2:time
authentication.TokenReview metadata=1:meta.ObjectMeta spec=2:authentication.TokenReviewSpec status=3:authentication.TokenReviewStatus
authentication.TokenReviewSpec token=1:string audiences=2:[]string
authentication.TokenReviewStatus authenticated=1:bool user=2:authentication.UserInfo audiences=4:[]string error=3:string
authentication.UserInfo username=1:string uid=2:string groups=3:[]string extra=4:<>items
authorization.FieldSelectorAttributes rawSelector=1:string requirements=2:[]meta.FieldSelectorRequirement
authorization.LabelSelectorAttributes rawSelector=1:string requirements=2:[]meta.LabelSelectorRequirement
authorization.LocalSubjectAccessReview metadata=1:meta.ObjectMeta spec=2:authorization.SubjectAccessReviewSpec status=3:authorization.SubjectAccessReviewStatus
authorization.NonResourceAttributes path=1:string verb=2:string
authorization.NonResourceRule verbs=1:[]string nonResourceURLs=2:[]string
authorization.ResourceAttributes namespace=1:string verb=2:string group=3:string version=4:string resource=5:string subresource=6:string name=7:string fieldSelector=8:*authorization.FieldSelectorAttributes labelSelector=9:*authorization.LabelSelectorAttributes
authorization.ResourceRule verbs=1:[]string apiGroups=2:[]string resources=3:[]string resourceNames=4:[]string
authorization.SelfSubjectAccessReview metadata=1:meta.ObjectMeta spec=2:authorization.SelfSubjectAccessReviewSpec status=3:authorization.SubjectAccessReviewStatus
authorization.SelfSubjectAccessReviewSpec resourceAttributes=1:*authorization.ResourceAttributes nonResourceAttributes=2:*authorization.NonResourceAttributes
authorization.SelfSubjectRulesReview metadata=1:meta.ObjectMeta spec=2:authorization.SelfSubjectRulesReviewSpec status=3:authorization.SubjectRulesReviewStatus
authorization.SelfSubjectRulesReviewSpec namespace=1:string
authorization.SubjectAccessReview metadata=1:meta.ObjectMeta spec=2:authorization.SubjectAccessReviewSpec status=3:authorization.SubjectAccessReviewStatus
authorization.SubjectAccessReviewSpec resourceAttributes=1:*authorization.ResourceAttributes nonResourceAttributes=2:*authorization.NonResourceAttributes user=3:string groups=4:[]string extra=5:<>items uid=6:string
authorization.SubjectAccessReviewStatus allowed=1:bool denied=4:bool reason=2:string evaluationError=3:string
authorization.SubjectRulesReviewStatus resourceRules=1:[]authorization.ResourceRule nonResourceRules=2:[]authorization.NonResourceRule incomplete=3:bool evaluationError=4:string
autoscaling.Scale metadata=1:meta.ObjectMeta spec=2:autoscaling.ScaleSpec status=3:autoscaling.ScaleStatus
autoscaling.ScaleSpec replicas=1:int
autoscaling.ScaleStatus replicas=1:int selector=2:string
coordination.Lease metadata=1:meta.ObjectMeta spec=2:coordination.LeaseSpec
coordination.LeaseSpec holderIdentity=1:*string leaseDurationSeconds=2:*int acquireTime=3:*microtime renewTime=4:*microtime leaseTransitions=5:*int strategy=6:*string preferredHolder=7:*string
core.AWSElasticBlockStoreVolumeSource volumeID=1:string fsType=2:string partition=3:int readOnly=4:bool
core.Affinity nodeAffinity=1:*core.NodeAffinity podAffinity=2:*core.PodAffinity podAntiAffinity=3:*core.PodAntiAffinity
core.AppArmorProfile type=1:string localhostProfile=2:*string
core.AttachedVolume name=1:string devicePath=2:string
core.AzureDiskVolumeSource diskName=1:string diskURI=2:string cachingMode=3:*string fsType=4:*string readOnly=5:*bool kind=6:*string
core.AzureFileVolumeSource secretName=1:string shareName=2:string readOnly=3:bool
core.Binding metadata=1:meta.ObjectMeta target=2:core.ObjectReference
core.CSIVolumeSource driver=1:string readOnly=2:*bool fsType=3:*string volumeAttributes=4:<>string nodePublishSecretRef=5:*core.LocalObjectReference
core.Capabilities add=1:[]string drop=2:[]string
core.CephFSVolumeSource monitors=1:[]string path=2:string user=3:string secretFile=4:string secretRef=5:*core.LocalObjectReference readOnly=6:bool
core.CinderVolumeSource volumeID=1:string fsType=2:string readOnly=3:bool secretRef=4:*core.LocalObjectReference
core.ClientIPConfig timeoutSeconds=1:*int
core.ClusterTrustBundleProjection name=1:*string signerName=2:*string labelSelector=3:*meta.LabelSelector optional=5:*bool path=4:string
core.ConfigMap metadata=1:meta.ObjectMeta immutable=4:*bool data=2:<>string binaryData=3:<>bytes
core.ConfigMapEnvSource ~=1:core.LocalObjectReference optional=2:*bool
core.ConfigMapKeySelector ~=1:core.LocalObjectReference key=2:string optional=3:*bool
core.ConfigMapNodeConfigSource namespace=1:string name=2:string uid=3:string resourceVersion=4:string kubeletConfigKey=5:string
core.ConfigMapProjection ~=1:core.LocalObjectReference items=2:[]core.KeyToPath optional=4:*bool
core.ConfigMapVolumeSource ~=1:core.LocalObjectReference items=2:[]core.KeyToPath defaultMode=3:*int optional=4:*bool
core.Container name=1:string image=2:string command=3:[]string args=4:[]string workingDir=5:string ports=6:[]core.ContainerPort envFrom=19:[]core.EnvFromSource env=7:[]core.EnvVar resources=8:core.ResourceRequirements resizePolicy=23:[]core.ContainerResizePolicy restartPolicy=24:*string restartPolicyRules=25:[]core.ContainerRestartRule volumeMounts=9:[]core.VolumeMount volumeDevices=21:[]core.VolumeDevice livenessProbe=10:*core.Probe readinessProbe=11:*core.Probe startupProbe=22:*core.Probe lifecycle=12:*core.Lifecycle terminationMessagePath=13:string terminationMessagePolicy=20:string imagePullPolicy=14:string securityContext=15:*core.SecurityContext stdin=16:bool stdinOnce=17:bool tty=18:bool
core.ContainerExtendedResourceRequest containerName=1:string resourceName=2:string requestName=3:string
core.ContainerImage names=1:[]string sizeBytes=2:int
core.ContainerPort name=1:string hostPort=2:int containerPort=3:int protocol=4:string hostIP=5:string
core.ContainerResizePolicy resourceName=1:string restartPolicy=2:string
core.ContainerRestartRule action=1:string exitCodes=2:*core.ContainerRestartRuleOnExitCodes
core.ContainerRestartRuleOnExitCodes operator=1:string values=2:[]int
core.ContainerState waiting=1:*core.ContainerStateWaiting running=2:*core.ContainerStateRunning terminated=3:*core.ContainerStateTerminated
core.ContainerStateRunning startedAt=1:time
core.ContainerStateTerminated exitCode=1:int signal=2:int reason=3:string message=4:string startedAt=5:time finishedAt=6:time containerID=7:string
core.ContainerStateWaiting reason=1:string message=2:string
core.ContainerStatus name=1:string state=2:core.ContainerState lastState=3:core.ContainerState ready=4:bool restartCount=5:int image=6:string imageID=7:string containerID=8:string started=9:*bool allocatedResources=10:<>quantity resources=11:*core.ResourceRequirements volumeMounts=12:[]core.VolumeMountStatus user=13:*core.ContainerUser allocatedResourcesStatus=14:[]core.ResourceStatus stopSignal=15:*string
core.ContainerUser linux=1:*core.LinuxContainerUser
core.DaemonEndpoint Port=1:int
core.DownwardAPIProjection items=1:[]core.DownwardAPIVolumeFile
core.DownwardAPIVolumeFile path=1:string fieldRef=2:*core.ObjectFieldSelector resourceFieldRef=3:*core.ResourceFieldSelector mode=4:*int
core.DownwardAPIVolumeSource items=1:[]core.DownwardAPIVolumeFile defaultMode=2:*int
core.EmptyDirVolumeSource medium=1:string sizeLimit=2:*quantity
core.EndpointAddress ip=1:string hostname=3:string nodeName=4:*string targetRef=2:*core.ObjectReference
core.EndpointPort name=1:string port=2:int protocol=3:string appProtocol=4:*string
core.EndpointSubset addresses=1:[]core.EndpointAddress notReadyAddresses=2:[]core.EndpointAddress ports=3:[]core.EndpointPort
core.Endpoints metadata=1:meta.ObjectMeta subsets=2:[]core.EndpointSubset
core.EnvFromSource prefix=1:string configMapRef=2:*core.ConfigMapEnvSource secretRef=3:*core.SecretEnvSource
core.EnvVar name=1:string value=2:string valueFrom=3:*core.EnvVarSource
core.EnvVarSource fieldRef=1:*core.ObjectFieldSelector resourceFieldRef=2:*core.ResourceFieldSelector configMapKeyRef=3:*core.ConfigMapKeySelector secretKeyRef=4:*core.SecretKeySelector fileKeyRef=5:*core.FileKeySelector
core.EphemeralContainer ~=1:core.EphemeralContainerCommon targetContainerName=2:string
core.EphemeralContainerCommon name=1:string image=2:string command=3:[]string args=4:[]string workingDir=5:string ports=6:[]core.ContainerPort envFrom=19:[]core.EnvFromSource env=7:[]core.EnvVar resources=8:core.ResourceRequirements resizePolicy=23:[]core.ContainerResizePolicy restartPolicy=24:*string restartPolicyRules=25:[]core.ContainerRestartRule volumeMounts=9:[]core.VolumeMount volumeDevices=21:[]core.VolumeDevice livenessProbe=10:*core.Probe readinessProbe=11:*core.Probe startupProbe=22:*core.Probe lifecycle=12:*core.Lifecycle terminationMessagePath=13:string terminationMessagePolicy=20:string imagePullPolicy=14:string securityContext=15:*core.SecurityContext stdin=16:bool stdinOnce=17:bool tty=18:bool
core.EphemeralVolumeSource volumeClaimTemplate=1:*core.PersistentVolumeClaimTemplate
core.Event metadata=1:meta.ObjectMeta involvedObject=2:core.ObjectReference reason=3:string message=4:string source=5:core.EventSource firstTimestamp=6:time lastTimestamp=7:time count=8:int type=9:string eventTime=10:microtime series=11:*core.EventSeries action=12:string related=13:*core.ObjectReference reportingComponent=14:string reportingInstance=15:string
core.EventSeries count=1:int lastObservedTime=2:microtime
core.EventSource component=1:string host=2:string
core.ExecAction command=1:[]string
core.FCVolumeSource targetWWNs=1:[]string lun=2:*int fsType=3:string readOnly=4:bool wwids=5:[]string
core.FileKeySelector volumeName=1:string path=2:string key=3:string optional=4:*bool
core.FlexVolumeSource driver=1:string fsType=2:string secretRef=3:*core.LocalObjectReference readOnly=4:bool options=5:<>string
core.FlockerVolumeSource datasetName=1:string datasetUUID=2:string
core.GCEPersistentDiskVolumeSource pdName=1:string fsType=2:string partition=3:int readOnly=4:bool
core.GRPCAction port=1:int service=2:*string
core.GitRepoVolumeSource repository=1:string revision=2:string directory=3:string
core.GlusterfsVolumeSource endpoints=1:string path=2:string readOnly=3:bool
core.HTTPGetAction path=1:string port=2:intstr host=3:string scheme=4:string httpHeaders=5:[]core.HTTPHeader
core.HTTPHeader name=1:string value=2:string
core.HostAlias ip=1:string hostnames=2:[]string
core.HostIP ip=1:string
core.HostPathVolumeSource path=1:string type=2:*string
core.ISCSIVolumeSource targetPortal=1:string iqn=2:string lun=3:int iscsiInterface=4:string fsType=5:string readOnly=6:bool portals=7:[]string chapAuthDiscovery=8:bool chapAuthSession=11:bool secretRef=10:*core.LocalObjectReference initiatorName=12:*string
core.ImageVolumeSource reference=1:string pullPolicy=2:string
core.KeyToPath key=1:string path=2:string mode=3:*int
core.Lifecycle postStart=1:*core.LifecycleHandler preStop=2:*core.LifecycleHandler stopSignal=3:*string
core.LifecycleHandler exec=1:*core.ExecAction httpGet=2:*core.HTTPGetAction tcpSocket=3:*core.TCPSocketAction sleep=4:*core.SleepAction
core.LinuxContainerUser uid=1:int gid=2:int supplementalGroups=3:[]int
core.LoadBalancerIngress ip=1:string hostname=2:string ipMode=3:*string ports=4:[]core.PortStatus
core.LoadBalancerStatus ingress=1:[]core.LoadBalancerIngress
core.LocalObjectReference name=1:string
core.NFSVolumeSource server=1:string path=2:string readOnly=3:bool
core.Namespace metadata=1:meta.ObjectMeta spec=2:core.NamespaceSpec status=3:core.NamespaceStatus
core.NamespaceCondition type=1:string status=2:string lastTransitionTime=4:time reason=5:string message=6:string
core.NamespaceSpec finalizers=1:[]string
core.NamespaceStatus phase=1:string conditions=2:[]core.NamespaceCondition
core.Node metadata=1:meta.ObjectMeta spec=2:core.NodeSpec status=3:core.NodeStatus
core.NodeAddress type=1:string address=2:string
core.NodeAffinity requiredDuringSchedulingIgnoredDuringExecution=1:*core.NodeSelector preferredDuringSchedulingIgnoredDuringExecution=2:[]core.PreferredSchedulingTerm
core.NodeCondition type=1:string status=2:string lastHeartbeatTime=3:time lastTransitionTime=4:time reason=5:string message=6:string
core.NodeConfigSource configMap=2:*core.ConfigMapNodeConfigSource
core.NodeConfigStatus assigned=1:*core.NodeConfigSource active=2:*core.NodeConfigSource lastKnownGood=3:*core.NodeConfigSource error=4:string
core.NodeDaemonEndpoints kubeletEndpoint=1:core.DaemonEndpoint
core.NodeFeatures supplementalGroupsPolicy=1:*bool
core.NodeRuntimeHandler name=1:string features=2:*core.NodeRuntimeHandlerFeatures
core.NodeRuntimeHandlerFeatures recursiveReadOnlyMounts=1:*bool userNamespaces=2:*bool
core.NodeSelector nodeSelectorTerms=1:[]core.NodeSelectorTerm
core.NodeSelectorRequirement key=1:string operator=2:string values=3:[]string
core.NodeSelectorTerm matchExpressions=1:[]core.NodeSelectorRequirement matchFields=2:[]core.NodeSelectorRequirement
core.NodeSpec podCIDR=1:string podCIDRs=7:[]string providerID=3:string unschedulable=4:bool taints=5:[]core.Taint configSource=6:*core.NodeConfigSource externalID=2:string
core.NodeStatus capacity=1:<>quantity allocatable=2:<>quantity phase=3:string conditions=4:[]core.NodeCondition addresses=5:[]core.NodeAddress daemonEndpoints=6:core.NodeDaemonEndpoints nodeInfo=7:core.NodeSystemInfo images=8:[]core.ContainerImage volumesInUse=9:[]string volumesAttached=10:[]core.AttachedVolume config=11:*core.NodeConfigStatus runtimeHandlers=12:[]core.NodeRuntimeHandler features=13:*core.NodeFeatures
core.NodeSwapStatus capacity=1:*int
core.NodeSystemInfo machineID=1:string systemUUID=2:string bootID=3:string kernelVersion=4:string osImage=5:string containerRuntimeVersion=6:string kubeletVersion=7:string kubeProxyVersion=8:string operatingSystem=9:string architecture=10:string swap=11:*core.NodeSwapStatus
core.ObjectFieldSelector apiVersion=1:string fieldPath=2:string
core.ObjectReference kind=1:string namespace=2:string name=3:string uid=4:string apiVersion=5:string resourceVersion=6:string fieldPath=7:string
core.PersistentVolumeClaimSpec accessModes=1:[]string selector=4:*meta.LabelSelector resources=2:core.VolumeResourceRequirements volumeName=3:string storageClassName=5:*string volumeMode=6:*string dataSource=7:*core.TypedLocalObjectReference dataSourceRef=8:*core.TypedObjectReference volumeAttributesClassName=9:*string
core.PersistentVolumeClaimTemplate metadata=1:meta.ObjectMeta spec=2:core.PersistentVolumeClaimSpec
core.PersistentVolumeClaimVolumeSource claimName=1:string readOnly=2:bool
core.PhotonPersistentDiskVolumeSource pdID=1:string fsType=2:string
core.Pod metadata=1:meta.ObjectMeta spec=2:core.PodSpec status=3:core.PodStatus
core.PodAffinity requiredDuringSchedulingIgnoredDuringExecution=1:[]core.PodAffinityTerm preferredDuringSchedulingIgnoredDuringExecution=2:[]core.WeightedPodAffinityTerm
core.PodAffinityTerm labelSelector=1:*meta.LabelSelector namespaces=2:[]string topologyKey=3:string namespaceSelector=4:*meta.LabelSelector matchLabelKeys=5:[]string mismatchLabelKeys=6:[]string
core.PodAntiAffinity requiredDuringSchedulingIgnoredDuringExecution=1:[]core.PodAffinityTerm preferredDuringSchedulingIgnoredDuringExecution=2:[]core.WeightedPodAffinityTerm
core.PodCertificateProjection signerName=1:string keyType=2:string maxExpirationSeconds=3:*int credentialBundlePath=4:string keyPath=5:string certificateChainPath=6:string
core.PodCondition type=1:string observedGeneration=7:int status=2:string lastProbeTime=3:time lastTransitionTime=4:time reason=5:string message=6:string
core.PodDNSConfig nameservers=1:[]string searches=2:[]string options=3:[]core.PodDNSConfigOption
core.PodDNSConfigOption name=1:string value=2:*string
core.PodExtendedResourceClaimStatus requestMappings=1:[]core.ContainerExtendedResourceRequest resourceClaimName=2:string
core.PodIP ip=1:string
core.PodOS name=1:string
core.PodReadinessGate conditionType=1:string
core.PodResourceClaim name=1:string resourceClaimName=3:*string resourceClaimTemplateName=4:*string
core.PodResourceClaimStatus name=1:string resourceClaimName=2:*string
core.PodSchedulingGate name=1:string
core.PodSecurityContext seLinuxOptions=1:*core.SELinuxOptions windowsOptions=8:*core.WindowsSecurityContextOptions runAsUser=2:*int runAsGroup=6:*int runAsNonRoot=3:*bool supplementalGroups=4:[]int supplementalGroupsPolicy=12:*string fsGroup=5:*int sysctls=7:[]core.Sysctl fsGroupChangePolicy=9:*string seccompProfile=10:*core.SeccompProfile appArmorProfile=11:*core.AppArmorProfile seLinuxChangePolicy=13:*string
core.PodSpec volumes=1:[]core.Volume initContainers=20:[]core.Container containers=2:[]core.Container ephemeralContainers=34:[]core.EphemeralContainer restartPolicy=3:string terminationGracePeriodSeconds=4:*int activeDeadlineSeconds=5:*int dnsPolicy=6:string nodeSelector=7:<>string serviceAccountName=8:string serviceAccount=9:string automountServiceAccountToken=21:*bool nodeName=10:string hostNetwork=11:bool hostPID=12:bool hostIPC=13:bool shareProcessNamespace=27:*bool securityContext=14:*core.PodSecurityContext imagePullSecrets=15:[]core.LocalObjectReference hostname=16:string subdomain=17:string affinity=18:*core.Affinity schedulerName=19:string tolerations=22:[]core.Toleration hostAliases=23:[]core.HostAlias priorityClassName=24:string priority=25:*int dnsConfig=26:*core.PodDNSConfig readinessGates=28:[]core.PodReadinessGate runtimeClassName=29:*string enableServiceLinks=30:*bool preemptionPolicy=31:*string overhead=32:<>quantity topologySpreadConstraints=33:[]core.TopologySpreadConstraint setHostnameAsFQDN=35:*bool os=36:*core.PodOS hostUsers=37:*bool schedulingGates=38:[]core.PodSchedulingGate resourceClaims=39:[]core.PodResourceClaim resources=40:*core.ResourceRequirements hostnameOverride=41:*string
core.PodStatus observedGeneration=17:int phase=1:string conditions=2:[]core.PodCondition message=3:string reason=4:string nominatedNodeName=11:string hostIP=5:string hostIPs=16:[]core.HostIP podIP=6:string podIPs=12:[]core.PodIP startTime=7:*time initContainerStatuses=10:[]core.ContainerStatus containerStatuses=8:[]core.ContainerStatus qosClass=9:string ephemeralContainerStatuses=13:[]core.ContainerStatus resize=14:string resourceClaimStatuses=15:[]core.PodResourceClaimStatus extendedResourceClaimStatus=18:*core.PodExtendedResourceClaimStatus
core.PodTemplateSpec metadata=1:meta.ObjectMeta spec=2:core.PodSpec
core.PortStatus port=1:int protocol=2:string error=3:*string
core.PortworxVolumeSource volumeID=1:string fsType=2:string readOnly=3:bool
core.PreferredSchedulingTerm weight=1:int preference=2:core.NodeSelectorTerm
core.Probe ~=1:core.ProbeHandler initialDelaySeconds=2:int timeoutSeconds=3:int periodSeconds=4:int successThreshold=5:int failureThreshold=6:int terminationGracePeriodSeconds=7:*int
core.ProbeHandler exec=1:*core.ExecAction httpGet=2:*core.HTTPGetAction tcpSocket=3:*core.TCPSocketAction grpc=4:*core.GRPCAction
core.ProjectedVolumeSource sources=1:[]core.VolumeProjection defaultMode=2:*int
core.QuobyteVolumeSource registry=1:string volume=2:string readOnly=3:bool user=4:string group=5:string tenant=6:string
core.RBDVolumeSource monitors=1:[]string image=2:string fsType=3:string pool=4:string user=5:string keyring=6:string secretRef=7:*core.LocalObjectReference readOnly=8:bool
core.ResourceClaim name=1:string request=2:string
core.ResourceFieldSelector containerName=1:string resource=2:string divisor=3:quantity
core.ResourceHealth resourceID=1:string health=2:string
core.ResourceRequirements limits=1:<>quantity requests=2:<>quantity claims=3:[]core.ResourceClaim
core.ResourceStatus name=1:string resources=2:[]core.ResourceHealth
core.SELinuxOptions user=1:string role=2:string type=3:string level=4:string
core.ScaleIOVolumeSource gateway=1:string system=2:string secretRef=3:*core.LocalObjectReference sslEnabled=4:bool protectionDomain=5:string storagePool=6:string storageMode=7:string volumeName=8:string fsType=9:string readOnly=10:bool
core.SeccompProfile type=1:string localhostProfile=2:*string
core.Secret metadata=1:meta.ObjectMeta immutable=5:*bool data=2:<>bytes stringData=4:<>string type=3:string
core.SecretEnvSource ~=1:core.LocalObjectReference optional=2:*bool
core.SecretKeySelector ~=1:core.LocalObjectReference key=2:string optional=3:*bool
core.SecretProjection ~=1:core.LocalObjectReference items=2:[]core.KeyToPath optional=4:*bool
core.SecretVolumeSource secretName=1:string items=2:[]core.KeyToPath defaultMode=3:*int optional=4:*bool
core.SecurityContext capabilities=1:*core.Capabilities privileged=2:*bool seLinuxOptions=3:*core.SELinuxOptions windowsOptions=10:*core.WindowsSecurityContextOptions runAsUser=4:*int runAsGroup=8:*int runAsNonRoot=5:*bool readOnlyRootFilesystem=6:*bool allowPrivilegeEscalation=7:*bool procMount=9:*string seccompProfile=11:*core.SeccompProfile appArmorProfile=12:*core.AppArmorProfile
core.Service metadata=1:meta.ObjectMeta spec=2:core.ServiceSpec status=3:core.ServiceStatus
core.ServiceAccount metadata=1:meta.ObjectMeta secrets=2:[]core.ObjectReference imagePullSecrets=3:[]core.LocalObjectReference automountServiceAccountToken=4:*bool
core.ServiceAccountTokenProjection audience=1:string expirationSeconds=2:*int path=3:string
core.ServicePort name=1:string protocol=2:string appProtocol=6:*string port=3:int targetPort=4:intstr nodePort=5:int
core.ServiceSpec ports=1:[]core.ServicePort selector=2:<>string clusterIP=3:string clusterIPs=18:[]string type=4:string externalIPs=5:[]string sessionAffinity=7:string loadBalancerIP=8:string loadBalancerSourceRanges=9:[]string externalName=10:string externalTrafficPolicy=11:string healthCheckNodePort=12:int publishNotReadyAddresses=13:bool sessionAffinityConfig=14:*core.SessionAffinityConfig ipFamilies=19:[]string ipFamilyPolicy=17:*string allocateLoadBalancerNodePorts=20:*bool loadBalancerClass=21:*string internalTrafficPolicy=22:*string trafficDistribution=23:*string
core.ServiceStatus loadBalancer=1:core.LoadBalancerStatus conditions=2:[]meta.Condition
core.SessionAffinityConfig clientIP=1:*core.ClientIPConfig
core.SleepAction seconds=1:int
core.StorageOSVolumeSource volumeName=1:string volumeNamespace=2:string fsType=3:string readOnly=4:bool secretRef=5:*core.LocalObjectReference
core.Sysctl name=1:string value=2:string
core.TCPSocketAction port=1:intstr host=2:string
core.Taint key=1:string value=2:string effect=3:string timeAdded=4:*time
core.Toleration key=1:string operator=2:string value=3:string effect=4:string tolerationSeconds=5:*int
core.TopologySpreadConstraint maxSkew=1:int topologyKey=2:string whenUnsatisfiable=3:string labelSelector=4:*meta.LabelSelector minDomains=5:*int nodeAffinityPolicy=6:*string nodeTaintsPolicy=7:*string matchLabelKeys=8:[]string
core.TypedLocalObjectReference apiGroup=1:*string kind=2:string name=3:string
core.TypedObjectReference apiGroup=1:*string kind=2:string name=3:string namespace=4:*string
core.Volume name=1:string ~=2:core.VolumeSource
core.VolumeDevice name=1:string devicePath=2:string
core.VolumeMount name=1:string readOnly=2:bool recursiveReadOnly=7:*string mountPath=3:string subPath=4:string mountPropagation=5:*string subPathExpr=6:string
core.VolumeMountStatus name=1:string mountPath=2:string readOnly=3:bool recursiveReadOnly=4:*string
core.VolumeProjection secret=1:*core.SecretProjection downwardAPI=2:*core.DownwardAPIProjection configMap=3:*core.ConfigMapProjection serviceAccountToken=4:*core.ServiceAccountTokenProjection clusterTrustBundle=5:*core.ClusterTrustBundleProjection podCertificate=6:*core.PodCertificateProjection
core.VolumeResourceRequirements limits=1:<>quantity requests=2:<>quantity
core.VolumeSource hostPath=1:*core.HostPathVolumeSource emptyDir=2:*core.EmptyDirVolumeSource gcePersistentDisk=3:*core.GCEPersistentDiskVolumeSource awsElasticBlockStore=4:*core.AWSElasticBlockStoreVolumeSource gitRepo=5:*core.GitRepoVolumeSource secret=6:*core.SecretVolumeSource nfs=7:*core.NFSVolumeSource iscsi=8:*core.ISCSIVolumeSource glusterfs=9:*core.GlusterfsVolumeSource persistentVolumeClaim=10:*core.PersistentVolumeClaimVolumeSource rbd=11:*core.RBDVolumeSource flexVolume=12:*core.FlexVolumeSource cinder=13:*core.CinderVolumeSource cephfs=14:*core.CephFSVolumeSource flocker=15:*core.FlockerVolumeSource downwardAPI=16:*core.DownwardAPIVolumeSource fc=17:*core.FCVolumeSource azureFile=18:*core.AzureFileVolumeSource configMap=19:*core.ConfigMapVolumeSource vsphereVolume=20:*core.VsphereVirtualDiskVolumeSource quobyte=21:*core.QuobyteVolumeSource azureDisk=22:*core.AzureDiskVolumeSource photonPersistentDisk=23:*core.PhotonPersistentDiskVolumeSource projected=26:*core.ProjectedVolumeSource portworxVolume=24:*core.PortworxVolumeSource scaleIO=25:*core.ScaleIOVolumeSource storageos=27:*core.StorageOSVolumeSource csi=28:*core.CSIVolumeSource ephemeral=29:*core.EphemeralVolumeSource image=30:*core.ImageVolumeSource
core.VsphereVirtualDiskVolumeSource volumePath=1:string fsType=2:string storagePolicyName=3:string storagePolicyID=4:string
core.WeightedPodAffinityTerm weight=1:int podAffinityTerm=2:core.PodAffinityTerm
core.WindowsSecurityContextOptions gmsaCredentialSpecName=1:*string gmsaCredentialSpec=2:*string runAsUserName=3:*string hostProcess=4:*bool
discovery.Endpoint addresses=1:[]string conditions=2:discovery.EndpointConditions hostname=3:*string targetRef=4:*core.ObjectReference deprecatedTopology=5:<>string nodeName=6:*string zone=7:*string hints=8:*discovery.EndpointHints
discovery.EndpointConditions ready=1:*bool serving=2:*bool terminating=3:*bool
discovery.EndpointHints forZones=1:[]discovery.ForZone forNodes=2:[]discovery.ForNode
discovery.EndpointPort name=1:*string protocol=2:*string port=3:*int appProtocol=4:*string
discovery.EndpointSlice metadata=1:meta.ObjectMeta addressType=4:string endpoints=2:[]discovery.Endpoint ports=3:[]discovery.EndpointPort
discovery.ForNode name=1:string
discovery.ForZone name=1:string
events.Event metadata=1:meta.ObjectMeta eventTime=2:microtime series=3:*events.EventSeries reportingController=4:string reportingInstance=5:string action=6:string reason=7:string regarding=8:core.ObjectReference related=9:*core.ObjectReference note=10:string type=11:string deprecatedSource=12:core.EventSource deprecatedFirstTimestamp=13:time deprecatedLastTimestamp=14:time deprecatedCount=15:int
events.EventSeries count=1:int lastObservedTime=2:microtime
meta.Condition type=1:string status=2:string observedGeneration=3:int lastTransitionTime=4:time reason=5:string message=6:string
meta.DeleteOptions gracePeriodSeconds=1:*int preconditions=2:*meta.Preconditions orphanDependents=3:*bool propagationPolicy=4:*string dryRun=5:[]string ignoreStoreReadErrorWithClusterBreakingPotential=6:*bool
meta.FieldSelectorRequirement key=1:string operator=2:string values=3:[]string
meta.LabelSelector matchLabels=1:<>string matchExpressions=2:[]meta.LabelSelectorRequirement
meta.LabelSelectorRequirement key=1:string operator=2:string values=3:[]string
meta.ManagedFieldsEntry manager=1:string operation=2:string apiVersion=3:string time=4:*time fieldsType=6:string fieldsV1=7:*raw subresource=8:string
meta.ObjectMeta name=1:string generateName=2:string namespace=3:string selfLink=4:string uid=5:string resourceVersion=6:string generation=7:int creationTimestamp=8:time deletionTimestamp=9:*time deletionGracePeriodSeconds=10:*int labels=11:<>string annotations=12:<>string ownerReferences=13:[]meta.OwnerReference finalizers=14:[]string managedFields=17:[]meta.ManagedFieldsEntry
meta.OwnerReference apiVersion=5:string kind=1:string name=3:string uid=4:string controller=6:*bool blockOwnerDeletion=7:*bool
meta.Preconditions uid=1:*string resourceVersion=2:*string
networking.ServiceCIDR metadata=1:meta.ObjectMeta spec=2:networking.ServiceCIDRSpec status=3:networking.ServiceCIDRStatus
networking.ServiceCIDRSpec cidrs=1:[]string
networking.ServiceCIDRStatus conditions=1:[]meta.Condition
policy.Eviction metadata=1:meta.ObjectMeta deleteOptions=2:*meta.DeleteOptions
rbac.AggregationRule clusterRoleSelectors=1:[]meta.LabelSelector
rbac.ClusterRole metadata=1:meta.ObjectMeta rules=2:[]rbac.PolicyRule aggregationRule=3:*rbac.AggregationRule
rbac.ClusterRoleBinding metadata=1:meta.ObjectMeta subjects=2:[]rbac.Subject roleRef=3:rbac.RoleRef
rbac.PolicyRule verbs=1:[]string apiGroups=2:[]string resources=3:[]string resourceNames=4:[]string nonResourceURLs=5:[]string
rbac.Role metadata=1:meta.ObjectMeta rules=2:[]rbac.PolicyRule
rbac.RoleBinding metadata=1:meta.ObjectMeta subjects=2:[]rbac.Subject roleRef=3:rbac.RoleRef
rbac.RoleRef apiGroup=1:string kind=2:string name=3:string
rbac.Subject kind=1:string apiGroup=2:string name=3:string namespace=4:string
scheduling.PriorityClass metadata=1:meta.ObjectMeta value=2:int globalDefault=3:bool description=4:string preemptionPolicy=5:*string
`;

// SPDX-License-Identifier: Apache-2.0

/**
 * The types of the core group and of metav1, in the notation of `readTypes`. Fields and merge rules are those of Kubernetes 1.34. A
 * type that no part of Strait looks into is `any`: kept as it is.
 */
export const coreTypes = `
@io.k8s.apimachinery.pkg.apis.meta.v1
ObjectMeta name:string generateName:string namespace:string selfLink:string uid:string resourceVersion:string generation:int creationTimestamp:time deletionTimestamp:time deletionGracePeriodSeconds:int labels:<string> annotations:<string> ownerReferences:[OwnerReference]{uid} finalizers:[string]= managedFields:[ManagedFieldsEntry]
!OwnerReference apiVersion!:string kind!:string name!:string uid!:string controller:bool blockOwnerDeletion:bool
ManagedFieldsEntry manager:string operation:string apiVersion:string time:time fieldsType:string fieldsV1:any subresource:string
!LabelSelector matchLabels:<string> matchExpressions:[LabelSelectorRequirement]
LabelSelectorRequirement key!:string operator!:string values:[string]
Condition type!:string status!:string observedGeneration:int lastTransitionTime!:time reason!:string message!:string

@io.k8s.api.core.v1
Pod spec:PodSpec status:PodStatus
PodSpec volumes:[Volume]{name}^ initContainers:[Container]{name} containers!:[Container]{name} ephemeralContainers:[EphemeralContainer]{name} restartPolicy:string terminationGracePeriodSeconds:int activeDeadlineSeconds:int dnsPolicy:string nodeSelector:<string>! serviceAccountName:string serviceAccount:string automountServiceAccountToken:bool nodeName:string hostNetwork:bool hostPID:bool hostIPC:bool hostUsers:bool shareProcessNamespace:bool securityContext:PodSecurityContext imagePullSecrets:[LocalObjectReference]{name} hostname:string hostnameOverride:string subdomain:string affinity:Affinity schedulerName:string tolerations:[Toleration] hostAliases:[HostAlias]{ip} priorityClassName:string priority:int dnsConfig:PodDNSConfig readinessGates:[PodReadinessGate] runtimeClassName:string enableServiceLinks:bool preemptionPolicy:string overhead:<quantity> topologySpreadConstraints:[TopologySpreadConstraint]{topologyKey,whenUnsatisfiable} setHostnameAsFQDN:bool os:PodOS schedulingGates:[PodSchedulingGate]{name} resourceClaims:[PodResourceClaim]{name}^ resources:ResourceRequirements
PodStatus observedGeneration:int phase:string conditions:[PodCondition]{type} message:string reason:string nominatedNodeName:string hostIP:string hostIPs:[HostIP]~ip podIP:string podIPs:[PodIP]{ip} startTime:time initContainerStatuses:[ContainerStatus] containerStatuses:[ContainerStatus] qosClass:string ephemeralContainerStatuses:[ContainerStatus] resize:string resourceClaimStatuses:[PodResourceClaimStatus]{name}^ extendedResourceClaimStatus:any
PodCondition type!:string observedGeneration:int status!:string lastProbeTime:time lastTransitionTime:time reason:string message:string
PodIP ip!:string
HostIP ip!:string
PodOS name!:string
PodReadinessGate conditionType!:string
PodSchedulingGate name!:string
PodResourceClaim name!:string resourceClaimName:string resourceClaimTemplateName:string
PodResourceClaimStatus name!:string resourceClaimName:string
PodDNSConfig nameservers:[string] searches:[string] options:[PodDNSConfigOption]
PodDNSConfigOption name:string value:string
HostAlias ip!:string hostnames:[string]
Toleration key:string operator:string value:string effect:string tolerationSeconds:int
TopologySpreadConstraint maxSkew!:int topologyKey!:string whenUnsatisfiable!:string labelSelector:LabelSelector minDomains:int nodeAffinityPolicy:string nodeTaintsPolicy:string matchLabelKeys:[string]
PodSecurityContext seLinuxOptions:SELinuxOptions windowsOptions:any runAsUser:int runAsGroup:int runAsNonRoot:bool supplementalGroups:[int] supplementalGroupsPolicy:string fsGroup:int sysctls:[Sysctl] fsGroupChangePolicy:string seccompProfile:SeccompProfile appArmorProfile:AppArmorProfile seLinuxChangePolicy:string
Sysctl name!:string value!:string
SELinuxOptions user:string role:string type:string level:string
SeccompProfile type!:string localhostProfile:string
AppArmorProfile type!:string localhostProfile:string
Affinity nodeAffinity:NodeAffinity podAffinity:PodAffinity podAntiAffinity:PodAffinity
NodeAffinity requiredDuringSchedulingIgnoredDuringExecution:NodeSelector preferredDuringSchedulingIgnoredDuringExecution:[PreferredSchedulingTerm]
!NodeSelector nodeSelectorTerms!:[NodeSelectorTerm]
!NodeSelectorTerm matchExpressions:[NodeSelectorRequirement] matchFields:[NodeSelectorRequirement]
NodeSelectorRequirement key!:string operator!:string values:[string]
PreferredSchedulingTerm weight!:int preference!:NodeSelectorTerm
PodAffinity requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm] preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm]
WeightedPodAffinityTerm weight!:int podAffinityTerm!:PodAffinityTerm
PodAffinityTerm labelSelector:LabelSelector namespaces:[string] topologyKey!:string namespaceSelector:LabelSelector matchLabelKeys:[string] mismatchLabelKeys:[string]
Container name!:string image:string command:[string] args:[string] workingDir:string ports:[ContainerPort]{containerPort,protocol} envFrom:[EnvFromSource] env:[EnvVar]{name} resources:ResourceRequirements resizePolicy:[ContainerResizePolicy] restartPolicy:string restartPolicyRules:[any] volumeMounts:[VolumeMount]{mountPath} volumeDevices:[VolumeDevice]{devicePath} livenessProbe:Probe readinessProbe:Probe startupProbe:Probe lifecycle:Lifecycle terminationMessagePath:string terminationMessagePolicy:string imagePullPolicy:string securityContext:SecurityContext stdin:bool stdinOnce:bool tty:bool
EphemeralContainer name!:string image:string command:[string] args:[string] workingDir:string ports:[ContainerPort]{containerPort,protocol} envFrom:[EnvFromSource] env:[EnvVar]{name} resources:ResourceRequirements resizePolicy:[ContainerResizePolicy] restartPolicy:string restartPolicyRules:[any] volumeMounts:[VolumeMount]{mountPath} volumeDevices:[VolumeDevice]{devicePath} livenessProbe:Probe readinessProbe:Probe startupProbe:Probe lifecycle:Lifecycle terminationMessagePath:string terminationMessagePolicy:string imagePullPolicy:string securityContext:SecurityContext stdin:bool stdinOnce:bool tty:bool targetContainerName:string
ContainerPort name:string hostPort:int containerPort!:int protocol:string=TCP hostIP:string
ContainerResizePolicy resourceName!:string restartPolicy!:string
EnvVar name!:string value:string valueFrom:EnvVarSource
EnvVarSource fieldRef:ObjectFieldSelector resourceFieldRef:ResourceFieldSelector configMapKeyRef:KeySelector secretKeyRef:KeySelector fileKeyRef:any
!ObjectFieldSelector apiVersion:string fieldPath!:string
!ResourceFieldSelector containerName:string resource!:string divisor:quantity
!KeySelector name:string key!:string optional:bool
EnvFromSource prefix:string configMapRef:EnvSource secretRef:EnvSource
EnvSource name:string optional:bool
VolumeMount name!:string readOnly:bool recursiveReadOnly:string mountPath!:string subPath:string mountPropagation:string subPathExpr:string
VolumeDevice name!:string devicePath!:string
ResourceRequirements limits:<quantity> requests:<quantity> claims:[ResourceClaim]{name}
ResourceClaim name!:string request:string
Probe exec:ExecAction httpGet:HTTPGetAction tcpSocket:TCPSocketAction grpc:GRPCAction initialDelaySeconds:int timeoutSeconds:int periodSeconds:int successThreshold:int failureThreshold:int terminationGracePeriodSeconds:int
ExecAction command:[string]
HTTPGetAction path:string port!:intstr host:string scheme:string httpHeaders:[HTTPHeader]
HTTPHeader name!:string value!:string
TCPSocketAction port!:intstr host:string
GRPCAction port!:int service:string
Lifecycle postStart:LifecycleHandler preStop:LifecycleHandler stopSignal:string
LifecycleHandler exec:ExecAction httpGet:HTTPGetAction tcpSocket:TCPSocketAction sleep:SleepAction
SleepAction seconds!:int
SecurityContext capabilities:Capabilities privileged:bool seLinuxOptions:SELinuxOptions windowsOptions:any runAsUser:int runAsGroup:int runAsNonRoot:bool readOnlyRootFilesystem:bool allowPrivilegeEscalation:bool procMount:string seccompProfile:SeccompProfile appArmorProfile:AppArmorProfile
Capabilities add:[string] drop:[string]
Volume name!:string hostPath:HostPathVolumeSource emptyDir:EmptyDirVolumeSource secret:SecretVolumeSource configMap:ConfigMapVolumeSource projected:ProjectedVolumeSource downwardAPI:DownwardAPIVolumeSource persistentVolumeClaim:PersistentVolumeClaimVolumeSource nfs:any csi:any ephemeral:any image:any awsElasticBlockStore:any azureDisk:any azureFile:any cephfs:any cinder:any fc:any flexVolume:any flocker:any gcePersistentDisk:any gitRepo:any glusterfs:any iscsi:any photonPersistentDisk:any portworxVolume:any quobyte:any rbd:any scaleIO:any storageos:any vsphereVolume:any
HostPathVolumeSource path!:string type:string
EmptyDirVolumeSource medium:string sizeLimit:quantity
SecretVolumeSource secretName:string items:[KeyToPath] defaultMode:int optional:bool
ConfigMapVolumeSource name:string items:[KeyToPath] defaultMode:int optional:bool
KeyToPath key!:string path!:string mode:int
DownwardAPIVolumeSource items:[DownwardAPIVolumeFile] defaultMode:int
DownwardAPIVolumeFile path!:string fieldRef:ObjectFieldSelector resourceFieldRef:ResourceFieldSelector mode:int
PersistentVolumeClaimVolumeSource claimName!:string readOnly:bool
ProjectedVolumeSource sources:[VolumeProjection] defaultMode:int
VolumeProjection secret:SecretProjection configMap:SecretProjection downwardAPI:DownwardAPIVolumeSource serviceAccountToken:ServiceAccountTokenProjection clusterTrustBundle:any podCertificate:any
SecretProjection name:string items:[KeyToPath] optional:bool
ServiceAccountTokenProjection audience:string expirationSeconds:int path!:string
ContainerStatus name!:string state:ContainerState lastState:ContainerState ready!:bool restartCount!:int image!:string imageID!:string containerID:string started:bool allocatedResources:<quantity> resources:ResourceRequirements volumeMounts:[any] user:any allocatedResourcesStatus:[any] stopSignal:string
ContainerState waiting:ContainerStateWaiting running:ContainerStateRunning terminated:ContainerStateTerminated
ContainerStateWaiting reason:string message:string
ContainerStateRunning startedAt:time
ContainerStateTerminated exitCode!:int signal:int reason:string message:string startedAt:time finishedAt:time containerID:string
!LocalObjectReference name:string
!ObjectReference kind:string namespace:string name:string uid:string apiVersion:string resourceVersion:string fieldPath:string
Node spec:NodeSpec status:NodeStatus
NodeSpec podCIDR:string podCIDRs:[string]= providerID:string unschedulable:bool taints:[Taint] configSource:any externalID:string
Taint key!:string value:string effect!:string timeAdded:time
NodeStatus capacity:<quantity> allocatable:<quantity> phase:string conditions:[NodeCondition]{type} addresses:[NodeAddress]{type} daemonEndpoints:NodeDaemonEndpoints nodeInfo:NodeSystemInfo images:[ContainerImage] volumesInUse:[string] volumesAttached:[any] config:any runtimeHandlers:[any] features:any
NodeCondition type!:string status!:string lastHeartbeatTime:time lastTransitionTime:time reason:string message:string
NodeAddress type!:string address!:string
NodeDaemonEndpoints kubeletEndpoint:DaemonEndpoint
DaemonEndpoint Port!:int
NodeSystemInfo machineID!:string systemUUID!:string bootID!:string kernelVersion!:string osImage!:string containerRuntimeVersion!:string kubeletVersion!:string kubeProxyVersion!:string operatingSystem!:string architecture!:string swap:any
ContainerImage names:[string] sizeBytes:int
Namespace spec:NamespaceSpec status:NamespaceStatus
NamespaceSpec finalizers:[string]
NamespaceStatus phase:string conditions:[NamespaceCondition]{type}
NamespaceCondition type!:string status!:string lastTransitionTime:time reason:string message:string
Service spec:ServiceSpec status:ServiceStatus
ServiceSpec ports:[ServicePort]{port,protocol} selector:<string>! clusterIP:string clusterIPs:[string] type:string externalIPs:[string] sessionAffinity:string loadBalancerIP:string loadBalancerSourceRanges:[string] externalName:string externalTrafficPolicy:string healthCheckNodePort:int publishNotReadyAddresses:bool sessionAffinityConfig:SessionAffinityConfig ipFamilies:[string] ipFamilyPolicy:string allocateLoadBalancerNodePorts:bool loadBalancerClass:string internalTrafficPolicy:string trafficDistribution:string
ServicePort name:string protocol:string=TCP appProtocol:string port!:int targetPort:intstr nodePort:int
SessionAffinityConfig clientIP:ClientIPConfig
ClientIPConfig timeoutSeconds:int
ServiceStatus loadBalancer:LoadBalancerStatus conditions:[Condition]{type}
LoadBalancerStatus ingress:[LoadBalancerIngress]
LoadBalancerIngress ip:string hostname:string ipMode:string ports:[PortStatus]
PortStatus port!:int protocol!:string error:string
ServiceAccount secrets:[ObjectReference]{name} imagePullSecrets:[LocalObjectReference] automountServiceAccountToken:bool
Secret immutable:bool data:<bytes> stringData:<string> type:string
ConfigMap immutable:bool data:<string> binaryData:<bytes>
Endpoints subsets:[EndpointSubset]
EndpointSubset addresses:[EndpointAddress] notReadyAddresses:[EndpointAddress] ports:[EndpointPort]
!EndpointAddress ip!:string hostname:string nodeName:string targetRef:ObjectReference
!EndpointPort name:string port!:int protocol:string appProtocol:string
Event involvedObject!:ObjectReference reason:string message:string source:EventSource firstTimestamp:time lastTimestamp:time count:int type:string eventTime:microtime series:EventSeries action:string related:ObjectReference reportingComponent:string reportingInstance:string
EventSource component:string host:string
EventSeries count:int lastObservedTime:microtime
`;
